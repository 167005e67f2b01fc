/** A connection that something on the way answered in the server's name, and did not take. */
import type { Evidence } from "../../../event/report.ts";
import { isReactiveReset } from "../../exchange/reset_by.ts";
import { hasFlag, isConnectRequest, TCP, TCP_FLAGS } from "../../kernel/protocols.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { before, DEVICE_SCRIPTS, EVER, gapOf } from "../../view/coverage.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownsAddress, stateAfter, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";

const firstEvent = ({ steps }: Judgement) => steps[0]!.event;

/**
 * The SYN was answered by a host that is not the server, and the server's host, which never got a
 * SYN, reset what came later.
 *
 * What else looks like it: a server whose answer was forwarded, where its reception was missed (the
 * node's receptions must be watched); a server that the SYN came to unseen (its host must be watched);
 * a host that has the server's address as well (its namespace is asked for the address).
 */
export const answeredOnTheWay: ExchangeRule = {
  id: "R125",
  statement:
    "A connection was answered, by a SYN-ACK made in a namespace that has not the address it is " +
    "from, and reset by the server's host as one that it does not know; no SYN came to that host: " +
    "`answered-on-the-way`, proven.",
  yields: ["answered-on-the-way"],
  find({ exchange }) {
    const { question, answers, reset, outcome, form } = exchange;
    if (form.protocol !== TCP || outcome !== "broken" || reset?.by !== "server") return null;
    const ended = firstEvent(reset.packet);
    if (!isReactiveReset(exchange, reset.packet)) return null;
    if (gapOf(ended.node, DEVICE_SCRIPTS, EVER) !== null) return null;
    if (question.packets.some((packet) => cameTo(packet, ended))) return null;
    const answer = answers.flatMap(({ packets }) => packets).map(firstEvent).find(isMadeElsewhere);
    if (!answer) return null;
    const maker = `${netnsName(answer.node, answer.netns)} on ${answer.node.name}`;
    const host = `${netnsName(ended.node, ended.netns)} on ${ended.node.name}`;
    const seen = (event: Sighting, text: string): Evidence => ({
      node: event.node.name,
      kind: "event",
      text: `${packetText(event)} ${text}`,
    });
    return cause(
      "answered-on-the-way",
      "proven",
      `${maker} answered the SYN in the name of ${answer.source}, and what the client sent next ` +
        `went on to ${host}, which got no SYN and knows no such connection`,
      [
        seen(answer, `with flags SYN and ACK was made in ${maker}, which has not its source`),
        seen(ended, `with flag RST was made in ${host}, as the answer to a segment`),
      ],
      command(answer.node, answer.netns, ["sysctl", "net.netfilter.nf_conntrack_tcp_loose"]),
    );
  },
};

/** A SYN of the client was seen in the namespace that made the reset. */
const cameTo = (packet: Judgement, { node, netns }: Sighting): boolean =>
  isConnectRequest(firstEvent(packet)) &&
  packet.packet.chains.some((chain) =>
    chain.node === node && chain.events.some((event) => event.netns === netns)
  );

/** A SYN-ACK that was sent where its source is no address, and did not come from elsewhere. */
function isMadeElsewhere(event: Sighting): boolean {
  if (event.kind !== "device-tx" || event.source === undefined) return false;
  if (!hasFlag(event, TCP_FLAGS.syn) || !hasFlag(event, TCP_FLAGS.ack)) return false;
  if (gapOf(event.node, ["device_rx"], before(event)) !== null) return false;
  const { node, netns, at, source } = event;
  const state = stateAt(node, netns, at);
  // An address that was given since the reading before is its own, too.
  return state !== null && !ownsAddress(state, source) &&
    !ownsAddress(stateAfter(node, netns, at), source);
}
