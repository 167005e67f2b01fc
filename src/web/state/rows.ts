/** Which flows the list shows, in which order, and where each row stands. Pure. */
import type { Exchange, Flow } from "../../event/report.ts";
import { endPoint } from "../../words/ends.ts";

/** A row of the list and its place there. */
export interface Row {
  flow: Flow;
  /** What came of the question, at the row of its flow; absent at others. */
  exchange?: Exchange;
  /** True for a reply shown under the flow that it answers. */
  nested: boolean;
  /** Pixels from the top of the list. */
  top: number;
  /** Pixels. */
  height: number;
}

/** What the reader filters the list by. */
export interface Wanted {
  /** Words with spaces between them, all of which must occur in a flow. */
  words: string;
  /** Outcomes that are shown; none means all. */
  outcomes: ReadonlySet<string>;
  /** Id of the problem whose flows are shown; absent: all. */
  problem?: string;
}

/** Pixels: a row with a cause or a gap has two more lines. */
const ROW_HEIGHT = { plain: 52, withCause: 92 };

/** A question's flow and those that answer it; of flows of no exchange, those that belong together. */
export interface Group {
  exchange?: Exchange;
  flows: Flow[];
}

/**
 * Flows with the replies to them: those of an exchange in the order of `exchanges`, then the others in
 * that of `order`, both worst first. A group of no exchange stands where the first of its flows stands.
 */
export function groups(
  order: readonly string[],
  flows: ReadonlyMap<string, Flow>,
  exchanges: ReadonlyMap<string, Exchange> = new Map(),
): Group[] {
  const placed = new Set<string>();
  const found: Group[] = [];
  for (const exchange of exchanges.values()) {
    const ids = [exchange.question, exchange.answer, ...exchange.otherAnswers ?? []];
    const members = ids.flatMap((id) => {
      const flow = id === undefined || placed.has(id) ? undefined : flows.get(id);
      if (flow !== undefined) placed.add(flow.id);
      return flow ?? [];
    });
    if (members[0]?.id === exchange.question) found.push({ exchange, flows: members });
    else for (const { id } of members) placed.delete(id);
  }
  const rest = order.filter((id) => !placed.has(id));
  return [...found, ...looseGroups(rest, flows).map((members) => ({ flows: members }))];
}

function looseGroups(order: readonly string[], flows: ReadonlyMap<string, Flow>): Flow[][] {
  const replies = new Map<string, Flow[]>();
  const rootOf = (flow: Flow): Flow => {
    const root = flow.replyOf === undefined ? undefined : flows.get(flow.replyOf);
    return root === undefined || root === flow || root.replyOf !== undefined ? flow : root;
  };
  for (const id of order) {
    const flow = flows.get(id);
    if (flow === undefined) continue;
    const root = rootOf(flow);
    const members = replies.get(root.id) ?? [];
    replies.set(root.id, members);
    if (root !== flow) members.push(flow);
  }
  return [...replies].map(([id, members]) => [flows.get(id)!, ...members]);
}

/** Whether a group is part of one of these problems. */
export const isOfProblem = ({ exchange, flows }: Group, ids: ReadonlySet<string>): boolean =>
  (exchange?.problem !== undefined && ids.has(exchange.problem)) ||
  flows.some(({ problems }) => problems?.some((id) => ids.has(id)));

/**
 * The rows of all groups in which some flow is wanted. The whole group is shown, because a reply
 * alone would not say what it answers.
 */
export function rowsOf(all: readonly Group[], wanted: Wanted): Row[] {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (flow: Flow) =>
    (wanted.outcomes.size === 0 || wanted.outcomes.has(flow.outcome)) &&
    (words.length === 0 || matches(flow, words));
  const problem = wanted.problem === undefined ? undefined : new Set([wanted.problem]);
  const rows: Row[] = [];
  let top = 0;
  for (const group of all) {
    if (problem !== undefined && !isOfProblem(group, problem)) continue;
    const { exchange, flows } = group;
    const isAsked = exchange !== undefined && words.length > 0 && wanted.outcomes.size === 0 &&
      words.every((word) => exchangeText(exchange).includes(word));
    if (!isAsked && !flows.some(isWanted)) continue;
    for (const [i, flow] of flows.entries()) {
      const own = i === 0 ? exchange : undefined;
      const hasWhy = [flow.cause, flow.gap, own?.cause, own?.gap].some((one) => one !== undefined);
      const height = hasWhy ? ROW_HEIGHT.withCause : ROW_HEIGHT.plain;
      rows.push({ flow, ...own && { exchange: own }, nested: i > 0, top, height });
      top += height;
    }
  }
  return rows;
}

const exchangeText = ({ outcome, cause, sentence }: Exchange): string =>
  [outcome, cause?.code, cause?.sentence, sentence].join(" ").toLowerCase();

function matches(flow: Flow, words: string[]): boolean {
  const { translated, lastHop, cause } = flow;
  const hay = [
    flow.protocol,
    endPoint(flow.source, flow.sourcePort),
    endPoint(flow.destination, flow.destinationPort),
    translated && endPoint(translated.source, translated.sourcePort),
    translated && endPoint(translated.destination, translated.destinationPort),
    flow.outcome,
    cause?.code,
    cause?.sentence,
    lastHop.node,
    lastHop.netns,
    lastHop.device,
    lastHop.pod,
  ].join(" ").toLowerCase();
  return words.every((word) => hay.includes(word));
}

/**
 * The rows between two heights in pixels, and `spare` more rows on each side. Found by halving, so
 * a long list costs no more.
 */
export function rowsBetween(rows: readonly Row[], from: number, to: number, spare = 6): Row[] {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    if (row.top + row.height <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < rows.length && rows[end]!.top < to) end += 1;
  return rows.slice(Math.max(0, low - spare), end + spare);
}
