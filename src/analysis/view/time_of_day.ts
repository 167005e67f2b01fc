/**
 * Times of day: a moment of a node's monotonic clock by that node's own pairing with its wall clock.
 * They are for people. Nothing is ordered or judged by them: clocks of two nodes are never compared.
 */
import { rfc3339 } from "./rfc3339.ts";
import type { NodeView, Sighting } from "./timeline.ts";

/** From the first to the last event, as RFC 3339 in UTC with milliseconds; null without events. */
export interface Span {
  from: string | null;
  to: string | null;
}

/** Wall clock of the first and last event, by each node's own pairing of its two clocks. */
export function spanOf(nodes: readonly NodeView[]): Span {
  let from = Infinity;
  let to = -Infinity;
  for (const node of nodes) {
    const first = node.events[0];
    const last = node.events.at(-1);
    if (!first || !last) continue;
    from = Math.min(from, wallMs(first));
    to = Math.max(to, wallMs(last));
  }
  if (from === Infinity) return { from: null, to: null };
  return { from: rfc3339(from), to: rfc3339(to) };
}

/** A moment on the clock of a node. */
export type Moment = Pick<Sighting, "node" | "at">;

/** A moment as a time of day, ms since 1970 in UTC. */
export function wallMs({ node, at }: Moment): number {
  return node.clock.wallMs + (at - node.clockAt) / 1e6;
}

/** A moment that is given as `at`, ns since the node's `baseNs`, as ms since 1970 in UTC. */
export const wallMsAt = (node: NodeView, at: number): number =>
  wallMs({ node, at: Math.round(at) });

/** The time of day of a sighting, RFC 3339 in UTC with milliseconds, by its node's own clocks. */
export const timeOfDay = (event: Moment): string => rfc3339(wallMs(event));

/**
 * Its `timeNs` as text, without a BigInt where a double has it exactly: there are some dozens of them in each
 * path of a report.
 */
export function timeText(event: Sighting): string {
  const ns = event.at + event.node.baseAsNumber;
  return Number.isSafeInteger(ns) ? String(ns) : String(event.timeNs);
}
