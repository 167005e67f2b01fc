/** Flows with the replies to them, the worst of either first. */
import type { Flow } from "../../event/report.ts";

export interface Conversation {
  flow: Flow;
  replies: Flow[];
}

/** `flows` come worst first; a reply that failed lifts the flow that it answers. */
export function conversations(flows: readonly Flow[]): Conversation[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const found = new Map<string, Conversation>();
  for (const flow of flows) {
    const asked = flow.replyOf === undefined ? undefined : byId.get(flow.replyOf);
    // A reply to a reply, or to itself, is no conversation.
    const root = asked === undefined || asked.replyOf !== undefined ? flow : asked;
    const known = found.get(root.id) ?? { flow: root, replies: [] };
    found.set(root.id, known);
    if (flow !== root) known.replies.push(flow);
  }
  return [...found.values()];
}
