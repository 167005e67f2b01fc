/** Flows with the replies to them, the worst of either first. */
import type { Flow } from "../../event/report.ts";

/** A flow and the flows that reply to it. */
export interface Conversation {
  flow: Flow;
  replies: Flow[];
}

/**
 * Groups flows with the replies to them. The order is that of `flows`, which come worst first: a
 * group stands where the first of its flows stands.
 */
export function conversations(flows: readonly Flow[]): Conversation[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const found = new Map<string, Conversation>();
  for (const flow of flows) {
    const asked = flow.replyOf === undefined ? undefined : byId.get(flow.replyOf);
    // A reply to a reply, or to itself, stands alone.
    const root = asked === undefined || asked.replyOf !== undefined ? flow : asked;
    const known = found.get(root.id) ?? { flow: root, replies: [] };
    found.set(root.id, known);
    if (flow !== root) known.replies.push(flow);
  }
  return [...found.values()];
}
