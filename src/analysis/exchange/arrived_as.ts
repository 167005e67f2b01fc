/** Questions that something without a probe translated on their way. Rule X1. */
import { ICMP, ICMP6, TCP } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { around, DEVICE_SCRIPTS, gapOf, type Span } from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";

const firstOf = ({ steps }: Judgement) => steps[0]!.event;

/**
 * [X1] By the flow that arrived: the question that it is, out of those from the same client's end. Its
 * packets were all first seen where they were received, and each has what no hop changes (C1) of a
 * packet that the client sent to another end; had the client sent it in this form, its node, which
 * missed nothing, would have told. UDP without an IP id has too little that no hop changes.
 *
 * What looks alike and is none: a client that asks two servers the same from one port, whose node saw
 * it send both; and a question that was translated back, which has its reply.
 */
export function questionThatArrivedAs(
  arrived: FlowGroup,
  questions: readonly FlowGroup[],
): FlowGroup | undefined {
  if (!arrived.packets.every((packet) => firstOf(packet).kind === "device-rx")) return undefined;
  if (!arrived.packets.every(isDistinct)) return undefined;
  const found = questions.filter((question) => {
    if (question === arrived || question.reply) return false;
    const sent = question.packets.filter((packet) => firstOf(packet).kind === "device-tx");
    const [first] = sent;
    if (!first) return false;
    const { node } = firstOf(first);
    if (arrived.packets.some((packet) => firstOf(packet).node === node)) return false;
    if (gapOf(node, DEVICE_SCRIPTS, whileAsking(sent, node)) !== null) return false;
    const known = new Set(sent.map(invariantsOf));
    return arrived.packets.every((packet) => known.has(invariantsOf(packet)));
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Who asks several ends the same, as fping does, asks them one after the other. */
function whileAsking(sent: readonly Judgement[], node: NodeView): Span {
  const times = sent.map(firstOf).filter((event) => event.node === node).map(({ at }) => at);
  const least = times.reduce((a, b) => Math.min(a, b));
  const most = times.reduce((a, b) => Math.max(a, b));
  return { ...around({ node, at: least }), to: around({ node, at: most }).to };
}

const invariantsOf = ({ packet }: Judgement) => packet.chains[0]!.invariants;

function isDistinct(packet: Judgement): boolean {
  const { protocol, ipId } = firstOf(packet);
  return protocol === TCP || protocol === ICMP || protocol === ICMP6 || (ipId ?? 0) !== 0;
}
