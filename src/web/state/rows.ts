/** Which flows the list shows, in which order, and where each row stands. Pure. */
import type { Flow } from "../../event/report.ts";
import { endPoint } from "../../words/ends.ts";

/** A row of the list and its place there. */
export interface Row {
  flow: Flow;
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
}

/** Pixels: a row with a cause or a gap has two more lines. */
const ROW_HEIGHT = { plain: 52, withCause: 92 };

/**
 * Flows with the replies to them. The order is that of `order`, which is worst first: a group
 * stands where the first of its flows stands.
 */
export function groups(order: readonly string[], flows: ReadonlyMap<string, Flow>): Flow[][] {
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

/**
 * The rows of all groups in which some flow is wanted. The whole group is shown, because a reply
 * alone would not say what it answers.
 */
export function rowsOf(all: readonly Flow[][], wanted: Wanted): Row[] {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (flow: Flow) =>
    (wanted.outcomes.size === 0 || wanted.outcomes.has(flow.outcome)) &&
    (words.length === 0 || matches(flow, words));
  const rows: Row[] = [];
  let top = 0;
  for (const group of all) {
    if (!group.some(isWanted)) continue;
    for (const [i, flow] of group.entries()) {
      const height = flow.cause === undefined && flow.gap === undefined
        ? ROW_HEIGHT.plain
        : ROW_HEIGHT.withCause;
      rows.push({ flow, nested: i > 0, top, height });
      top += height;
    }
  }
  return rows;
}

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
