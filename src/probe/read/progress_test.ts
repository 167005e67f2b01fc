import { deepStrictEqual as equal } from "node:assert/strict";
import { Progress } from "./progress.ts";

const SECOND = 1_000_000_000n;

Deno.test("what is whole is what the slowest processor told", () => {
  const progress = new Progress(() => [0, 1]);
  equal(progress.wholeNs, undefined);
  progress.beat(0, 5n);
  equal(progress.wholeNs, 0n);
  progress.beat(1, 3n);
  equal(progress.wholeNs, 3n);
  progress.beat(0, 9n);
  equal(progress.wholeNs, 3n);
  progress.beat(1, 10n);
  equal(progress.wholeNs, 9n);
});

Deno.test("a processor that is behind is waited for, and one that was taken away is not", () => {
  let online = [0, 1, 2];
  const progress = new Progress(() => online);
  for (const cpu of online) progress.beat(cpu, SECOND);
  for (const cpu of [0, 1]) progress.beat(cpu, 10n * SECOND);
  equal(progress.wholeNs, SECOND);
  online = [0, 1];
  for (const cpu of [0, 1]) progress.beat(cpu, 20n * SECOND);
  equal(progress.wholeNs, 20n * SECOND);
});

Deno.test("a processor that is added while tracing is not waited for, because nothing beats there", () => {
  let online = [0, 1];
  const progress = new Progress(() => online);
  for (const cpu of [0, 1]) progress.beat(cpu, SECOND);
  online = [0, 1, 2];
  progress.beat(0, 10n * SECOND);
  progress.beat(1, 11n * SECOND);
  equal(progress.wholeNs, 10n * SECOND);
});

Deno.test("where the list of processors can't be read those count that tell of themselves", () => {
  const progress = new Progress(() => []);
  progress.beat(3, 7n);
  equal(progress.wholeNs, 7n);
});

Deno.test("an idle processor that does not beat is as far as all was read that it told", () => {
  const progress = new Progress(() => [0, 1, 2]);
  progress.caughtUp(1n, () => true);
  equal(progress.wholeNs, undefined);
  progress.beat(0, 9n);
  progress.caughtUp(5n, (cpu) => cpu !== 2);
  equal(progress.wholeNs, 0n);
  progress.beat(2, 8n);
  equal(progress.wholeNs, 5n);
  // What was read is not read less by what is proven later.
  progress.caughtUp(7n, () => true);
  equal(progress.wholeNs, 7n);
  equal(progress.caughtUp(6n, () => true), undefined);
  equal(progress.wholeNs, 7n);
});
