/** What the flows of a report add up to. Pure. */
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import type { Flow, PacketCounts, Report } from "../../event/report.ts";

/** What a report adds up to. */
export interface Counts {
  /** Number of flows. */
  flows: number;
  outcomes: Record<Outcome, number>;
  packets: PacketCounts;
}

/** What a report adds up to: its flows, by outcome, and their packets. */
export function countsOf({ flows }: Pick<Report, "flows">): Counts {
  const outcomes = Object.fromEntries(OUTCOMES.map((o) => [o, 0])) as Record<Outcome, number>;
  const packets = { seen: 0, delivered: 0, dropped: 0, vanished: 0, unknown: 0, inFlight: 0 };
  const counts = { flows: 0, outcomes, packets };
  for (const flow of flows) count(counts, flow, 1);
  return counts;
}

/** Counts a flow that became another; undefined: there was none, or is none. */
export function recount(counts: Counts, before: Flow | undefined, after: Flow | undefined): void {
  if (before !== undefined) count(counts, before, -1);
  if (after !== undefined) count(counts, after, 1);
}

function count(counts: Counts, { outcome, packets }: Flow, by: 1 | -1): void {
  counts.flows += by;
  counts.outcomes[outcome] += by;
  for (const key of Object.keys(counts.packets) as (keyof PacketCounts)[]) {
    counts.packets[key] += by * packets[key];
  }
}
