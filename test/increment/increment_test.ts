/** A report of an incident that grows is the report of all of it at once, byte for byte. */
import { strictEqual as equal } from "node:assert/strict";
import { analyse, Analysis, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import { joinShards, judgeShard, planOf } from "../../src/analysis/shards/mod.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { inputOf } from "../spec/form/batches.ts";
import { specPaths } from "../spec/form/spec_paths.ts";
import type { Faults } from "../sim/faults.ts";
import { Random } from "../sim/random.ts";
import { run } from "../sim/run.ts";
import { seedCount } from "../sim/seed_count.ts";

const SEEDS = seedCount(150, 40);
/** Batches that each batch is told in. */
const PIECES = 4;

const MODES: Record<string, Partial<Faults> | null> = {
  "without faults": {},
  "with each seed's own mix of faults": null,
  "with a tenth of all events lost": { loss: 0.1 },
};

/** The same events in more batches, each with its share, in the order in which they happened. */
function inPieces(batches: readonly Batch[], random: Random): Batch[] {
  return batches.flatMap((batch) => {
    const cuts = Array.from({ length: PIECES - 1 }, () => random.int(batch.events.length + 1))
      .sort((a, b) => a - b);
    const bounds = [0, ...cuts, batch.events.length];
    const last = PIECES - 1;
    return bounds.slice(1).map((to, i): Batch => ({
      header: {
        ...batch.header,
        sequence: batch.header.sequence * PIECES + i,
        final: batch.header.final && i === last,
      },
      events: batch.events.slice(bounds[i], to),
      states: batch.states.filter((_, j) => j % PIECES === i),
      refused: i === last ? batch.refused : 0,
    }));
  });
}

/** Tells the incident piece by piece, and compares each report with that of a fresh analysis. */
function compare(input: AnalysisInput, order: readonly Batch[], what: string): void {
  const analysis = new Analysis();
  const step = Math.max(1, Math.ceil(order.length / 6));
  for (let told = step; told < order.length + step; told += step) {
    const closed = input.closed && told >= order.length;
    const part = { ...input, closed, batches: order.slice(0, told) };
    const grown = JSON.stringify(analysis.report(part));
    equal(
      grown,
      JSON.stringify(analyse(part)),
      `${what}, after ${told} of ${order.length} batches`,
    );
  }
}

/**
 * The same with a store at its bound: after each piece it throws away events of earlier ones. As an ingest
 * gives them, the headers of such batches stay the same objects and tell how many lines came.
 */
function compareEvicting(input: AnalysisInput, given: readonly Batch[], seed: number): void {
  const random = new Random(seed);
  const kept = given.map((batch): Batch => ({
    ...batch,
    header: { ...batch.header, eventLines: batch.events.length },
  }));
  const analysis = new Analysis();
  let evicted = input.evicted;
  const step = Math.max(1, Math.ceil(kept.length / 6));
  for (let told = step; told < kept.length + step; told += step) {
    for (let i = 0; i < Math.min(told - step, kept.length); i++) {
      const batch = kept[i]!;
      if (!random.chance(0.3)) continue;
      const events = batch.events.filter(() => random.chance(0.6));
      evicted += batch.events.length - events.length;
      kept[i] = { ...batch, events };
    }
    const closed = input.closed && told >= kept.length;
    const part = { ...input, closed, evicted, batches: kept.slice(0, told) };
    equal(
      JSON.stringify(analysis.report(part)),
      JSON.stringify(analyse(part)),
      `seed ${seed}, after ${told} of ${kept.length} batches, with events thrown away`,
    );
  }
}

Deno.test("[D5] a report of which events are thrown away is that of the events that are left", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { input } = run(seed, null);
    const pieces = inPieces(input.batches, new Random(seed))
      .sort((a, b) => a.header.sequence - b.header.sequence);
    compareEvicting(input, pieces, seed);
  }
});

function compareAll(input: AnalysisInput, seed: number, what: string): void {
  const random = new Random(seed);
  const pieces = inPieces(input.batches, random);
  compare(input, [...pieces].sort((a, b) => a.header.sequence - b.header.sequence), what);
  compare(input, random.shuffle(pieces), `${what}, in no order`);
}

for (const [name, given] of Object.entries(MODES)) {
  Deno.test(`[D5] a report that grows is the report of all at once, ${name}`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      compareAll(run(seed, given).input, seed, `seed ${seed}`);
    }
  });
}

Deno.test("[D5] a report that grows is the report of all at once, of every spec", () => {
  const root = new URL("../../", import.meta.url).pathname;
  for (const path of specPaths(root)) {
    compareAll(inputOf(parseSpec(Deno.readTextFileSync(`${root}/${path}`), path)), 7, path);
  }
});

Deno.test("[D5] packets of shards are in no later report", () => {
  const { input } = run(1, {});
  const shard = judgeShard(input);
  const hub = { ...input, batches: input.batches.map((batch) => ({ ...batch, events: [] })) };
  const joined = joinShards(hub, [shard.select(planOf([shard.summary], Infinity))]);
  const analysis = new Analysis();
  equal(JSON.stringify(analysis.report(joined)), JSON.stringify(analyse(joined)));
  equal(JSON.stringify(analysis.report(hub)), JSON.stringify(analyse(hub)));
});
