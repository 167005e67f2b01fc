/** Flows of one exchange together, the worst exchange first. */
import type { Exchange, Flow } from "../../event/report.ts";

/** A flow and the flows that reply to it. */
export interface Conversation {
  /** What came of it; absent: no question, or a report of an older ingest. */
  exchange?: Exchange;
  flow: Flow;
  replies: Flow[];
}

/**
 * Groups flows with the replies to them: by exchange, in the order of `exchanges`, then what belongs
 * to none. Both come worst first; a group of no exchange stands where the first of its flows stands.
 */
export function conversations(
  flows: readonly Flow[],
  exchanges: readonly Exchange[] = [],
): Conversation[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const found = new Map<string, Conversation>();
  const placed = new Set<Flow>();
  for (const exchange of exchanges) {
    const flow = byId.get(exchange.question);
    if (!flow || placed.has(flow)) continue;
    const ids = [...exchange.answer === undefined ? [] : [exchange.answer]]
      .concat(exchange.otherAnswers ?? []);
    const replies = ids.map((id) => byId.get(id))
      .filter((reply) => reply !== undefined && reply !== flow && !placed.has(reply)) as Flow[];
    for (const one of [flow, ...replies]) placed.add(one);
    found.set(flow.id, { exchange, flow, replies });
  }
  for (const flow of flows) {
    if (placed.has(flow)) continue;
    const asked = flow.replyOf === undefined ? undefined : byId.get(flow.replyOf);
    // A reply to a reply, or to itself, stands alone.
    const root = asked === undefined || asked.replyOf !== undefined ? flow : asked;
    const known = found.get(root.id) ?? { flow: root, replies: [] };
    found.set(root.id, known);
    if (flow !== root) known.replies.push(flow);
  }
  return [...found.values()];
}
