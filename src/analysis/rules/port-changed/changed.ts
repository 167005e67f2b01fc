/** A running connection that NAT translated to another source than before. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { netnsName } from "../../view/netns_names.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { type Translation, translationsOf } from "../shared/translated_at.ts";

/** One segment of the client, and one translation of its source. */
interface Translated {
  packet: Judgement;
  by: Translation;
}

/**
 * Segments of one connection whose source one node translated to two ends.
 *
 * What else looks like it: a new connection from the same client's port, which a SYN begins; a SYN
 * that is sent again, for which NAT may choose anew as long as nothing was answered; two nodes that
 * translate side by side, each to its own end (it is asked of one node's namespace).
 */
export const portChanged: ExchangeRule = {
  id: "R97",
  statement:
    "Segments of one TCP connection left a namespace that translates their source from two ends, the " +
    "later one without a SYN: `port-changed`, proven.",
  yields: ["port-changed"],
  find({ exchange }) {
    if (exchange.form.protocol !== TCP) return null;
    const changed = changeIn(exchange.question.packets);
    if (!changed) return null;
    const [first, then] = changed;
    const { node, netns, to } = then.by;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const old = endPoint(first.by.to.source, first.by.to.sourcePort);
    const own = endPoint(to.source, to.sourcePort);
    return cause(
      "port-changed",
      "proven",
      `${where} translated the running connection from ${old} to ${own}: its entry was lost, and ` +
        "the server knows no connection from there",
      [first, then].map(({ packet, by }): Evidence => ({
        node: node.name,
        kind: "event",
        text: `${packetText(packet.steps[0]!.event)} left ${where} from ${
          endPoint(by.to.source, by.to.sourcePort)
        }`,
      })),
    );
  },
};

function changeIn(packets: readonly Judgement[]): [Translated, Translated] | null {
  const before = new Map<string, Translated>();
  for (const translated of inOrder(packets)) {
    const { packet, by: { node, netns, from, to } } = translated;
    const key = `${node.name} ${netns} ${from.source} ${from.sourcePort}`;
    const known = before.get(key)?.by.to;
    const isSame = known?.source === to.source && known?.sourcePort === to.sourcePort;
    if (known && !isSame && !isConnectRequest(packet.steps[0]!.event)) {
      return [before.get(key)!, translated];
    }
    before.set(key, translated);
  }
  return null;
}

/** Translations of a source, in the order in which each node made them: clocks are compared on it. */
function inOrder(packets: readonly Judgement[]): Translated[] {
  const found = packets.flatMap((packet) =>
    translationsOf(packet)
      .filter(({ from, to }) => from.source !== to.source || from.sourcePort !== to.sourcePort)
      .map((by) => ({ packet, by }))
  );
  const at = ({ packet, by }: Translated) =>
    packet.steps.find(({ event }) => event.node === by.node)!.event.at;
  const name = ({ by }: Translated) => by.node.name;
  return found.sort((a, b) => name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : at(a) - at(b));
}
