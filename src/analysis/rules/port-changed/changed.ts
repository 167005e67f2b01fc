/** A running connection that NAT translated to another source than before. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import { TCP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { translationChange, translationLost } from "../shared/translation_change.ts";
import type { Exchange } from "../../exchange/exchange.ts";

/**
 * Segments of one connection whose source one node translated to two ends.
 *
 * What else looks like it: a new connection from the same client's port, which a SYN begins; a SYN
 * that is sent again, for which NAT may choose anew as long as nothing was answered; two nodes that
 * translate side by side, each to its own end (it is asked of one node's namespace); a way by another device, for
 * which the rules translate nothing (it is asked of one device).
 */
export const portChanged: ExchangeRule = {
  id: "R97",
  statement:
    "Segments of one TCP connection left a namespace that translates their source from two ends, the " +
    "later one without a SYN, or later ones by the same device untranslated, before any FIN or RST and with nothing " +
    "translated as before after them: `port-changed`, proven.",
  yields: ["port-changed"],
  find({ exchange }) {
    if (exchange.form.protocol !== TCP) return null;
    const changed = translationChange(exchange.question.packets, "source");
    if (!changed) return forgotten(exchange);
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

/** The entry was lost, and a segment in the middle of a connection begins none: rules of NAT are not asked. */
function forgotten(exchange: Exchange) {
  const lost = translationLost(exchange);
  if (!lost) return null;
  const { by: { node, netns, from, to }, packet } = lost.translated;
  const where = `${netnsName(node, netns)} on ${node.name}`;
  const [own, old] = [from, to].map((form) => endPoint(form.source, form.sourcePort));
  return cause(
    "port-changed",
    "proven",
    `${where} translated the running connection from ${own} to ${old}, and later segments no more: its entry was ` +
      `lost, and the server knows no connection from ${own}`,
    [
      { end: old, packet },
      { end: own, packet: lost.bare },
    ].map(({ end, packet }): Evidence => ({
      node: node.name,
      kind: "event",
      text: `${packetText(packet.steps[0]!.event)} left ${where} from ${end}`,
    })),
  );
}
