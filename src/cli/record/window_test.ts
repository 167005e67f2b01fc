/** The last minutes of a recorder: whole by themselves, and bounded however long it runs. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { fakeBatch, ORDINARY } from "../../../test/fake/batch.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { RecordWindow } from "./window.ts";

const NETNS = [{ inode: 7 }];

/** Batch `n` of a probe that tells once a second, and one event each. */
function second(n: number, lines: string[] = [ORDINARY]): ProbeBatch {
  const { header } = fakeBatch(n, lines);
  const toNs = String((n + 1) * 1e9);
  return {
    header: {
      ...header,
      netns: NETNS,
      untilNs: toNs,
      totals: { ...header.totals, events: n + 1, lost: Math.floor(n / 10) },
      sampled: [
        { fromNs: "0", toNs: "2000000000", rank: 20, dropRank: 1 },
        { fromNs: "2000000000", toNs, rank: 16, dropRank: 0 },
      ],
      recorder: { overwritten: n, spared: 2 * n },
    },
    lines,
  };
}

const state = (timeNs: number, more: object = {}) =>
  JSON.stringify({ kind: "state", timeNs: String(timeNs), netns: 7, ...more });

function filled(seconds: number, keepMs = 60_000): RecordWindow {
  const window = new RecordWindow({ keepMs, charsMax: 1e6 });
  for (let n = 0; n < seconds; n++) window.push(second(n), n * 1_000);
  return window;
}

Deno.test("what came from a moment on is an incident of its own, as if its probe had begun then", () => {
  const { batches } = filled(30).since(20_000, "later");
  equal(batches.length, 10);
  equal(batches.map(({ header }) => header.sequence), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const { header } = batches.at(-1)!;
  equal([header.incident, header.attachedNs, header.untilNs], [
    "later",
    "20000000000",
    "30000000000",
  ]);
  equal([header.totals.events, header.totals.lost], [10, 1]);
  equal(header.sampled, [{ fromNs: "2000000000", toNs: "30000000000", rank: 16, dropRank: 0 }]);
  equal(header.recorder, { overwritten: 10, spared: 20 });
});

Deno.test("what comes later goes on where it ended", () => {
  const window = filled(30);
  const { batches, series } = window.since(25_000, "later");
  const next = series.told(second(30));
  equal([batches.length, next.header.sequence], [5, 5]);
  equal(next.lines, [ORDINARY]);
});

Deno.test("a probe that had not begun then is told as it is", () => {
  const window = new RecordWindow({ keepMs: 60_000, charsMax: 1e6 });
  window.push(second(0), 0);
  const { header } = window.since(-Infinity, "all").batches[0]!;
  equal([header.sequence, header.attachedNs, header.totals.events], [0, "1", 1]);
});

Deno.test("states from before come first, those too that a later one builds on", () => {
  const window = new RecordWindow({ keepMs: 60_000, charsMax: 1e6 });
  window.push(second(0, [state(1)]), 0);
  window.push(second(1, [state(2)]), 1_000);
  window.push(second(2, [state(3, { kept: ["netfilter"] })]), 2_000);
  window.push(second(3), 3_000);
  const { batches } = window.since(3_000, "later");
  equal(batches[0]!.lines, [state(3, { kept: ["netfilter"] }), state(2), ORDINARY]);
});

Deno.test("of a namespace that is gone nothing is told", () => {
  const window = new RecordWindow({ keepMs: 60_000, charsMax: 1e6 });
  window.push(second(0, [state(1)]), 0);
  const { header, lines } = second(1);
  window.push({ header: { ...header, netns: [] }, lines }, 1_000);
  equal(window.since(1_500, "later").series.told(second(2)).lines, [ORDINARY]);
});

Deno.test("three days are as large as ten minutes", () => {
  const small = filled(700, 600_000);
  const large = filled(3 * 86_400, 600_000);
  equal(large.chars, small.chars);
  const { batches } = large.since(-Infinity, "now");
  equal(batches.length, 601);
  equal(batches[0]!.header.sequence, 0);
});

Deno.test("a flood makes the window shorter, not larger", () => {
  const window = new RecordWindow({ keepMs: 600_000, charsMax: 20_000 });
  for (let n = 0; n < 500; n++) window.push(second(n), n);
  ok(window.chars <= 20_000, String(window.chars));
  ok(window.since(-Infinity, "now").batches.length > 5);
});
