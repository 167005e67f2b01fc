import { deepEqual } from "node:assert/strict";
import { runsOf, type Step } from "./runs.ts";

const SECOND = 1e9;
/** Readings of a second each, from this number on; packets of the epoch pass in the first `active`. */
const runs = (firstSeen: number, active: number, broken = -1) => {
  const steps = Array.from({ length: 8 }, (_, i): Step => ({
    ...{ number: i + 1, from: i * SECOND, at: (i + 1) * SECOND, passed: 0 },
    ...{ isWhole: i !== broken, isShort: false },
  }));
  return runsOf(steps, (i) => i < active, firstSeen * SECOND);
};
const whole = (first: number, last: number) => ({ first, last, isBegun: true, isOver: true });

Deno.test("[O24] a flow that is first seen in the first reading was not on its way before", () => {
  deepEqual(runs(0.35, 2).runs, [whole(0, 1)]);
  // A quarter of a second after counting began it may have been, so that its packets there say nothing.
  const [unknown, known] = runs(0.25, 2).runs;
  deepEqual(unknown, { first: 0, last: 0, isBegun: false, isOver: false, isUnknown: true });
  deepEqual(known?.isBegun, false);
});

Deno.test("[O24] what passed in a reading that is missing is not known", () => {
  const { runs: all, isCut } = runs(0.6, 3, 1);
  deepEqual(isCut, true);
  deepEqual(all.every(({ isBegun, isOver }) => !(isBegun && isOver)), true);
});
