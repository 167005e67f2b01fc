/** A running connection that NAT translated to another server than before. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import { TCP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import { stateAt, sysctl } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { secondsText } from "../shared/seconds.ts";
import { translationChange, translatorReached } from "../shared/translation_change.ts";
import { saysNoSocket } from "../../kernel/sockets.ts";
import type { Exchange } from "../../exchange/exchange.ts";

const TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established";

/**
 * Segments of one connection whose destination one node translated to two servers.
 *
 * What else looks like it: a new connection from the same client's port, which a SYN begins; a SYN
 * that is sent again, for which NAT may choose anew as long as nothing was answered; two nodes that
 * translate side by side, each to its own server (it is asked of one node's namespace); a server that
 * lost the connection itself (the segments before went to the same one: R92); a segment out of the window, which
 * connection tracking leaves as it is (what follows is translated as before); what comes after the connection has ended.
 */
export const endpointChanged: ExchangeRule = {
  id: "R240",
  statement:
    "Segments of one TCP connection left a namespace that translates their destination for two " +
    "servers, the later one without a SYN, or a later one came to that namespace itself, where no socket knew it, " +
    "before any FIN or RST and with nothing translated as before after it: " +
    "`endpoint-changed`, proven. That it was idle is told where " +
    "the namespace forgets connections by then.",
  yields: ["endpoint-changed"],
  find({ exchange }) {
    if (exchange.form.protocol !== TCP) return null;
    const changed = translationChange(exchange.question.packets, "destination");
    if (!changed) return forgotten(exchange);
    const [first, then] = changed;
    const { node, netns, to } = then.by;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const server = ({ destination, destinationPort }: typeof to) =>
      endPoint(destination, destinationPort);
    const idle = (then.at - first.at) / 1e9;
    const timeout = Number(sysctl(stateAt(node, netns, then.at), TIMEOUT));
    const isForgotten = timeout > 0 && idle >= timeout;
    const text = `${where} translated the running connection to ${server(first.by.to)}, and ` +
      `${secondsText(idle)} later to ${server(to)}, which never had it: its entry was lost`;
    const left = [first, then].map(({ packet, by }): Evidence => ({
      node: node.name,
      kind: "event",
      text: `${packetText(packet.steps[0]!.event)} left ${where} for ${server(by.to)}`,
    }));
    const why = isForgotten
      ? [stateEvidence(node, `${TIMEOUT} = ${timeout}: the second came later`)]
      : [];
    return cause(
      "endpoint-changed",
      "proven",
      isForgotten ? `${text}, as connections are forgotten there after ${timeout} s` : text,
      [...left, ...why],
      isForgotten ? command(node, netns, ["sysctl", TIMEOUT]) : [],
    );
  },
};

/** The entry was lost, and a segment in the middle of a connection begins none: rules of NAT are not asked. */
function forgotten(exchange: Exchange) {
  const lost = translatorReached(exchange);
  if (!lost || !saysNoSocket(lost.bare.end.step.event)) return null;
  const { by: { node, netns, from, to }, packet } = lost.translated;
  const where = `${netnsName(node, netns)} on ${node.name}`;
  const [own, server] = [from, to].map((form) => endPoint(form.destination, form.destinationPort));
  return cause(
    "endpoint-changed",
    "proven",
    `${where} translated the running connection to ${server}, and took later segments for its own, whose kernel ` +
      `knows none to ${own}: its entry was lost`,
    [
      { packet, text: `left ${where} for ${server}` },
      { packet: lost.bare, text: `ended in ${where}` },
    ].map(({ packet, text }): Evidence => ({
      node: node.name,
      kind: "event",
      text: `${packetText(packet.steps[0]!.event)} ${text}`,
    })),
  );
}
