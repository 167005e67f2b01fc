import { deepEqual, equal, ok } from "node:assert/strict";
import { EventSchema } from "../../src/event/event_schema.ts";
import { decodeTsv, encodeEvent } from "../../src/event/codec.ts";
import { NetnsState } from "../../src/event/state.ts";
import { analyse } from "../../src/analysis/mod.ts";
import { earlyExtrasOf, extrasOf, lateExtrasOf, NO_EXTRAS } from "./extras.ts";
import type { Faults } from "./faults.ts";
import { KNOWN } from "./known.ts";
import { explain, type Run, run, tellingOf } from "./run.ts";
import { add, EMPTY, tally } from "./tally.ts";
import { note, tooRare, type Usage } from "./usage.ts";
import { workOf } from "./work.ts";
import { seedCount } from "./seed_count.ts";

/** `deno task sim` runs as many as asked for. */
const SEEDS = seedCount(800, 10, 250);
/** So many that all faults are met, each often enough. */
const ALL_FAULTS = 800;
const MIXED = seedCount(ALL_FAULTS, 10);

function range(seeds: number, given: Partial<Faults> | null, each: (result: Run) => void): void {
  const failed: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const result = run(seed, given);
    if (result.violations.length > 0) failed.push(explain(result));
    each(result);
  }
  equal(failed.slice(0, 5).join("\n"), "", `${failed.length} of ${seeds} seeds failed`);
}

Deno.test("[S1] [S11] [S12] [O13] each seed's own mix of faults breaks no promise, and all faults are met", () => {
  const usage: Usage = new Map();
  range(MIXED, null, (result) => note(usage, result));
  // The few seeds of `--quick` don't meet all faults.
  if (MIXED === ALL_FAULTS) deepEqual(tooRare(usage), []);
});

Deno.test("[S2] without faults every packet has its outcome, path, reply and translation", () => {
  range(SEEDS, {}, () => {});
});

for (const loss of [0.01, 0.1, 0.5]) {
  Deno.test(`[S3] with ${100 * loss} % of events lost nothing is said that is wrong`, () => {
    let total = EMPTY;
    range(SEEDS, { loss }, (result) => total = add(total, tally(result)));
    equal(total.wrong, 0);
    ok(total.right > 0 && total.unknown > 0);
  });
}

Deno.test("[S14] where the kernel left out runs of the scripts nothing is said that is wrong", () => {
  let total = EMPTY;
  range(SEEDS, { leftOut: 4, countedLate: true }, (result) => total = add(total, tally(result)));
  equal(total.wrong, 0);
  ok(total.right > total.unknown);
});

Deno.test("[S15] [O22] where probes told only some packets nothing is said that is wrong", () => {
  let total = EMPTY;
  range(SEEDS, { sampled: true, countedLate: true }, (result) => {
    total = add(total, tally(result));
  });
  equal(total.wrong, 0);
  ok(total.right > 0 && total.unknown > 0);
});

Deno.test("[S17] [O25] of recorders nothing is said that is wrong, and of what died the truth", () => {
  let total = EMPTY;
  range(SEEDS, { recorded: true, countedLate: true }, (result) => {
    total = add(total, tally(result));
  });
  equal(total.wrong, 0);
  ok(total.right > 0 && total.unknown > 0);
});

Deno.test("[S6] the same seed gives the same run", () => {
  const text = () =>
    JSON.stringify(run(7, null).report) + JSON.stringify(run(7, { loss: 0.1 }).report);
  equal(text(), text());
});

Deno.test("[S7] simulated lines are lines that probes could send", () => {
  for (let seed = 1; seed <= 20; seed++) {
    for (const { events, states } of tellingOf(seed, {}).input.batches) {
      for (const event of events) deepEqual(decodeTsv(encodeEvent(event)), trimmed(event));
      for (const state of states) NetnsState.parse(state);
      ok(events.every((event) => EventSchema.safeParse(spelled(event)).success));
    }
  }
});

const trimmed = (event: object) =>
  Object.fromEntries(Object.entries(event).filter(([_, value]) => value !== undefined));
const spelled = (event: object) =>
  JSON.parse(JSON.stringify(event, (_, v) => typeof v === "bigint" ? String(v) : v));

Deno.test("[S8] work grows about as the events do", () => {
  const { input } = tellingOf(2, {});
  const times = (n: number) => ({
    ...input,
    batches: Array.from({ length: n }, (_, i) => later(input.batches, i)).flat(),
  });
  const [small, large] = [workOf(times(4)), workOf(times(16))];
  ok(
    large < 4 * small * 1.6,
    `4 times the events are ${(large / small).toFixed(1)} times the work`,
  );
});

/** The same traffic again: an hour later, between other ports. */
function later(batches: Run["input"]["batches"], i: number): Run["input"]["batches"] {
  const shift = BigInt(i) * 3_600_000_000_000n;
  return batches.map((batch) => ({
    ...batch,
    header: {
      ...batch.header,
      sequence: batch.header.sequence + 100 * i,
      untilNs: String(BigInt(batch.header.untilNs) + shift),
    },
    states: i === 0 ? batch.states : [],
    events: batch.events.map((event) => ({
      ...event,
      timeNs: event.timeNs + shift,
      ...(event.sourcePort === undefined
        ? {}
        : { sourcePort: (event.sourcePort + 7 * i) & 65_535 }),
      ...(event.icmpId === undefined ? {} : { icmpId: event.icmpId + 7 * i }),
    })),
  }));
}

const NETWORKS = {
  plain: () => NO_EXTRAS,
  early: earlyExtrasOf,
  late: lateExtrasOf,
  whole: extrasOf,
};

for (const { seed, faults, claim, network } of KNOWN) {
  Deno.test(`${claim.split(" ")[0]} seed ${seed}: ${claim.split(" ").slice(1).join(" ")}`, () => {
    const result = run(seed, faults, analyse, NETWORKS[network](seed));
    equal(result.violations.length, 0, explain(result));
  });
}
