import { deepEqual, equal } from "node:assert/strict";
import type { Problem } from "../event/report.ts";
import { plainAge } from "./age.ts";
import { mendedText } from "./mended.ts";
import { clockInUtc } from "./problem.ts";

const problem = (more: Partial<Problem>) =>
  ({
    state: "active",
    outcome: "dropped",
    firstAt: "2026-11-26T20:20:01.000Z",
    lastAt: "2026-11-26T20:20:31.000Z",
    ...more,
  }) as Problem;

const NOW = Date.parse("2026-11-26T20:20:45.900Z");
const live = (more: Partial<Problem>) =>
  mendedText(problem(more), { time: clockInUtc, nowMs: NOW });
const past = (more: Partial<Problem>) =>
  mendedText(problem(more), { time: clockInUtc, nowMs: null });

Deno.test("a healed problem says when, and how long ago the last drop was while it is live", () => {
  const healed = {
    state: "healed",
    healedAt: "2026-11-26T20:20:39.000Z",
    deliveredSince: 22,
  } as const;
  equal(live(healed), "✓ healed 20:20:39.000, last drop 14 s ago · 22 delivered since");
  equal(past(healed), "✓ healed 20:20:39.000, last drop 20:20:31.000 · 22 delivered since");
});

Deno.test("below a headline that says when it is healed, it is said since when it failed", () => {
  const told = { time: clockInUtc, nowMs: null, isHealedTold: true };
  const healed = problem({ state: "healed", deliveredSince: 22 });
  equal(
    mendedText(healed, told),
    "failed since 20:20:01.000 · last drop 20:20:31.000 · 22 delivered since",
  );
  equal(
    mendedText({ ...healed, lastAt: healed.firstAt }, told),
    "last drop 20:20:01.000 · 22 delivered since",
  );
});

Deno.test("a problem that is not healed is never said to be", () => {
  equal(live({}), "failing since 20:20:01.000 · last drop 14 s ago");
  equal(past({ outcome: "refused" }), "failing since 20:20:01.000 · last failure 20:20:31.000");
  equal(live({ lastAt: "2026-11-26T20:20:01.000Z" }), "failed once, 44 s ago");
  equal(
    live({ state: "ended" }),
    "ended: failed since 20:20:01.000 · last drop 14 s ago · not tried since",
  );
  equal(
    past({ state: "ended", deliveredSince: 1 }),
    "ended: failed since 20:20:01.000 · last drop 20:20:31.000 · only 1 delivered since",
  );
  equal(
    live({ lastAt: "soon", outcome: "vanished" }),
    "failing since 20:20:01.000 · last loss soon",
  );
});

Deno.test("an age is rounded down, and what lies ahead is now", () => {
  const units = [-5_000, 119_999, 120_000, 7_200_000, 172_800_000].map(plainAge);
  deepEqual(units, ["0 s", "119 s", "2 min", "2 h", "2 d"]);
});

Deno.test("what nobody saw the end of is not said to fail", () => {
  equal(
    live({ severity: "unknown", outcome: "unknown" }),
    "not known how it ended since 20:20:01.000 · last 14 s ago",
  );
});
