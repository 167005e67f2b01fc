/** [S18] Problems that only counts know, against the flow that they are of and against the truth. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Report } from "../../src/event/report.ts";

/** Packets that were lost after the place with this name, in a time of day, ms since 1970. */
export type LostIn = (
  from: { node: string; ifindex: number },
  fromMs: number,
  untilMs: number,
) => number;

/** Throws where a problem says more than is so, or a loss that is known is none. Returns their states. */
export function checkCountedProblems(report: Report, lostIn: LostIn, seed: number): string[] {
  const [flow] = report.flows;
  const told = `seed ${seed}`;
  const counted = report.problems.filter((problem) => problem.counted !== undefined);
  const key = (from: unknown, to: unknown, lost: number) => JSON.stringify([from, to, lost]);
  const said = counted.map(({ counted }) => key(counted!.from, counted!.to, counted!.lost)).sort();
  const losses = flow?.counted?.losses ?? [];
  const known = losses.filter(({ dropsTold }) => dropsTold === 0)
    .map(({ from, to, packets }) => key(from, to, packets)).sort();
  // A packet shows where it died: what was lost before that place is beside it.
  if (flow?.outcome === "dropped" || flow?.outcome === "vanished") {
    ok(said.length < losses.length || losses.length === 0, told);
    ok(said.every((one) => known.includes(one)), told);
  } else deepEqual(said, known, told);
  for (const { counted: loss, firstAt, lastAt, state, healedAt, outcome } of counted) {
    equal(outcome, "vanished", told);
    const [first, last] = [Date.parse(firstAt) - 1, Date.parse(lastAt) + 1];
    ok(loss!.lost <= lostIn(loss!.from, first, last), `${told}: ${loss!.lost} from ${firstAt}`);
    equal(healedAt !== undefined, state === "healed", told);
    if (healedAt !== undefined) ok(Date.parse(healedAt) >= last - 2, `${told}: ${healedAt}`);
  }
  return counted.map(({ state }) => state);
}
