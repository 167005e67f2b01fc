/** Where the numbers of a flow are at the end of a reading, by packets that were told. Rule O42. */
import { deepEqual, equal } from "node:assert/strict";
import { settledByNumbers } from "./position.ts";
import type { Step } from "./runs.ts";

const SECOND = 1e9;
/** Packets a second. */
const RATE = 40_000;
/** A told packet each so many ns, and on its way for so long. */
const EVERY_NS = 10e6;
const WAY_NS = 20_000;

/** Four readings of a second each, of so many packets. */
const steps = (passed: number): Step[] =>
  [0, 1, 2, 3].map((i) => ({
    ...{ number: i + 1, from: i * SECOND, at: (i + 1) * SECOND, passed },
    ...{ isWhole: true, isShort: false },
  }));

/** Told packets; `numberAt`: the number that is sent at a time. */
const toldOf = (everyNs: number, numberAt: (at: number) => number) =>
  Array.from({ length: Math.floor(4 * SECOND / everyNs) }, (_, i) => 1e6 + i * everyNs)
    .map((at) => ({ at, number: 1 + numberAt(at) % 65_535 }));

const growing = (at: number) => Math.floor(at / SECOND * RATE);

/** Epochs that are settled after the second reading. */
function settledOf(told: { at: number; number: number }[], passed = RATE): number[] {
  const came = told.map(({ at, number }) => ({ at: at + WAY_NS, number }));
  return [...settledByNumbers(told, came, steps(passed))(1)];
}

Deno.test("[O42] what lies far behind the number that came, and ahead of the one that goes, has passed", () => {
  // After two seconds it is at 80,000, which comes round to 14,465: of epoch 7. What is less than a
  // quarter of all numbers behind it may be under way, and what is two epochs ahead begins soon.
  deepEqual(settledOf(toldOf(EVERY_NS, growing)), Array.from({ length: 20 }, (_, i) => 10 + i));
});

Deno.test("[O42] numbers that do not grow as the counts say tell nothing", () => {
  equal(settledOf(toldOf(EVERY_NS, (at) => Math.floor(at / 1e6) * 40_503)).length, 0);
  equal(settledOf(toldOf(EVERY_NS, growing), RATE / 20).length, 0);
});

Deno.test("[O42] where a lap fits between told packets nobody knows where they are", () => {
  const told = toldOf(EVERY_NS, growing).filter(({ at }) => Math.abs(at - 2 * SECOND) > 0.11e9);
  equal(settledOf(told).length, 0);
});
