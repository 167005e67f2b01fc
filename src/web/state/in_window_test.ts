import { deepEqual, equal } from "node:assert/strict";
import type { Flow, Problem } from "../../event/report.ts";
import { problem, problems as fixture } from "../fixture/problems.ts";
import type { Group } from "./groups.ts";
import { problemsInWindow } from "./in_window.ts";
import { bucketsWithin, isGroupWithin, type Window } from "./window.ts";

const from = "2026-11-20T03:12:40.000Z";
const at = (second: number) => new Date(Date.parse(from) + second * 1000).toISOString();
const window = (first: number, end: number): Window => ({
  fromMs: Date.parse(at(first)),
  toMs: Date.parse(at(end)),
});
const [some] = fixture().flows as [Flow];

/** A connection that is part of a problem, seen in one second. */
const seen = (id: string, source: string, second: number, problem: string): Group => ({
  flows: [{ ...some, id, source, problems: [problem], rate: rate(second, 1, [1]) }],
});
const rate = (start: number, seconds: number, counts: number[]) => ({
  from: at(start),
  seconds,
  counts,
});

const known = (id: string, flows: number, failed: number[], more: Partial<Problem> = {}) =>
  problem({
    ...{ id, flows, outcome: "dropped", lastHop: some.lastHop, example: some.id },
    ...{ to: { address: "10.0.0.1", port: 80 }, clients: 3, passed: 70 },
    timeline: { failed: rate(0, 1, failed), passed: rate(0, 1, [0, 0, 5, 1]) },
    ...more,
  });

const groups = [
  seen("a", "10.0.0.7", 0, "p"),
  seen("b", "10.0.0.7", 2, "p"),
  seen("c", "10.0.0.8", 2, "p"),
  seen("d", "10.0.0.9", 2, "q"),
];

const shown = (problems: Problem[], stretch: Window) =>
  problemsInWindow(problems, {
    all: groups,
    within: groups.filter((one) => isGroupWithin(one, stretch)),
  }, stretch);

Deno.test("in a stretch of time a problem has the flows, clients, failures and passes of it", () => {
  const [one, ...others] = shown([known("p", 3, [1, 0, 2, 0])], window(2, 3));
  equal(others.length, 0);
  deepEqual([one!.flows, one!.clients, one!.from, one!.passed], [
    2,
    2,
    ["10.0.0.7", "10.0.0.8"],
    5,
  ]);
  deepEqual(one!.timeline.failed, rate(2, 1, [2]));
  deepEqual(one!.inWindow, {
    ...{ failures: 2, passes: 5, isAtMost: false, isCounted: true },
    span: window(2, 3),
  });
});

Deno.test("what did not fail in it is not shown, and more failing ones come first", () => {
  const all = [known("p", 3, [1, 0, 2]), known("q", 1, [0, 0, 1]), known("r", 9, [4, 0, 0])];
  deepEqual(shown(all, window(2, 3)).map(({ id }) => id), ["p", "q"]);
  deepEqual(shown(all.toReversed(), window(2, 3)).map(({ id }) => id), ["p", "q"]);
});

Deno.test("numbers that cannot be told of a stretch are said to be of the whole, or at most", () => {
  // The report has three of its forty flows.
  const [few] = shown([known("p", 40, [1, 0, 2])], window(2, 3));
  deepEqual([few!.flows, few!.clients, few!.inWindow!.isCounted], [40, 3, false]);
  const timeline = { failed: rate(0, 4, [3]), passed: rate(0, 4, [0]) };
  const [long] = shown([known("p", 3, [], { timeline })], window(2, 3));
  deepEqual([long!.inWindow!.failures, long!.inWindow!.isAtMost], [3, true]);
});

Deno.test("parts of time that hold nothing may reach out of a stretch", () => {
  deepEqual(bucketsWithin(rate(0, 2, [0, 4, 0]), window(1, 5)), {
    buckets: rate(0, 2, [0, 4, 0]),
    isWhole: true,
  });
  equal(bucketsWithin(rate(0, 2, [1, 4, 0]), window(1, 5)).isWhole, false);
  equal(bucketsWithin(rate(0, 2, [0, 4, 0]), window(1, 3)).isWhole, false);
  deepEqual(bucketsWithin(rate(0, 2, [1]), window(8, 9)).buckets.counts, []);
});
