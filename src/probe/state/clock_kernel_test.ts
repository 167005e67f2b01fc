/** The clock that heard changes are told by is the kernel's own. Needs root; skipped without. */
import { ok } from "node:assert/strict";
import { monotonicClock, monotonicNs } from "./clock.ts";
import { kernelTest } from "./kernel_testing.ts";

/** CLOCK_MONOTONIC as the kernel says it now, ns. */
const asked = () => BigInt(monotonicNs(Deno.readTextFileSync("/proc/timer_list")) ?? "0");

kernelTest("a clock that was set once goes on as the kernel's does", () => {
  const clock = monotonicClock();
  const before = asked();
  const now = clock();
  const after = asked();
  const slackNs = 1_000_000n;
  ok(now !== undefined && now > before - slackNs && now < after + slackNs, `${now} in ${before}…`);
  return Promise.resolve();
});
