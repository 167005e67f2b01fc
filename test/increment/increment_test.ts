/** A report of an incident that grows is the report of all of it at once, byte for byte. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { analyse, Analysis, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import {
  joinShards,
  planOf,
  ShardAnalysis,
  ToldShard,
  wantedFlows,
} from "../../src/analysis/shards/mod.ts";
import { pingBatches } from "../bench/traffic.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { inputOf } from "../spec/form/batches.ts";
import { specPaths } from "../spec/form/spec_paths.ts";
import type { Faults } from "../sim/faults.ts";
import { Random } from "../sim/random.ts";
import { tellingOf } from "../sim/run.ts";
import { seedCount } from "../sim/seed_count.ts";
import { Viewer } from "./viewer.ts";
import { evictingParts, inPieces, partsOf } from "./pieces.ts";

const SEEDS = seedCount(150, 3, 50);
const MODES: Record<string, Partial<Faults> | null> = {
  "without faults": {},
  "with each seed's own mix of faults": null,
  "with a tenth of all events lost": { loss: 0.1 },
};

/** Without packets that are awake from one report to the next, or with all of them. */
const analysisOf = (isResting: boolean): Analysis =>
  new Analysis({ packetsAwakeMax: isResting ? 0 : Infinity });

/** Tells the incident piece by piece, and compares each report with that of a fresh analysis. */
function compare(
  input: AnalysisInput,
  order: readonly Batch[],
  what: string,
  isResting = true,
): void {
  const analysis = analysisOf(isResting);
  const viewer = new Viewer();
  for (const part of partsOf(input, order)) {
    const report = analysis.report(part);
    const grown = JSON.stringify(report);
    equal(
      grown,
      JSON.stringify(analyse(part)),
      `${what}, after ${part.batches.length} of ${order.length} batches`,
    );
    equal(viewer.told(report), grown, `${what}, told by what is other`);
  }
}

function compareEvicting(input: AnalysisInput, given: readonly Batch[], seed: number): void {
  const analysis = analysisOf(seed % 2 === 0);
  const viewer = new Viewer();
  for (const part of evictingParts(input, given, seed)) {
    const report = analysis.report(part);
    const grown = JSON.stringify(report);
    equal(
      grown,
      JSON.stringify(analyse(part)),
      `seed ${seed}, after ${part.batches.length} of ${given.length} batches, with events thrown away`,
    );
    equal(viewer.told(report), grown, `seed ${seed}, told by what is other`);
  }
}

Deno.test("[D5] a report of which events are thrown away is that of the events that are left", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { input } = tellingOf(seed, null);
    const pieces = inPieces(input.batches, new Random(seed))
      .sort((a, b) => a.header.sequence - b.header.sequence);
    compareEvicting(input, pieces, seed);
  }
});

function compareAll(input: AnalysisInput, seed: number, what: string): void {
  const random = new Random(seed);
  const pieces = inPieces(input.batches, random);
  const inOrder = [...pieces].sort((a, b) => a.header.sequence - b.header.sequence);
  const isResting = seed % 2 === 0;
  compare(input, inOrder, what, isResting);
  compare(input, random.shuffle(pieces), `${what}, in no order`, !isResting);
}

for (const [name, given] of Object.entries(MODES)) {
  Deno.test(`[D5] a report that grows is the report of all at once, ${name}`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      compareAll(tellingOf(seed, given).input, seed, `seed ${seed}`);
    }
  });
}

Deno.test("[D5] a report that grows is the report of all at once, of every spec", () => {
  const root = new URL("../../", import.meta.url).pathname;
  const step = seedCount(1, 40);
  for (const path of specPaths(root).filter((_, i) => i % step === 0)) {
    compareAll(inputOf(parseSpec(Deno.readTextFileSync(`${root}/${path}`), path)), 7, path);
  }
});

Deno.test("[D5] a node that joins has nothing concluded anew that could not be otherwise, whether packets rest or not", () => {
  for (const isResting of [true, false]) nodeJoins(analysisOf(isResting));
});

function nodeJoins(analysis: Analysis): void {
  const batches = pingBatches(300);
  const input = { incident: "x", filter: "", closed: false, evicted: 0 };
  const before = analysis.report({ ...input, batches });
  const { header } = batches[0]!;
  const joining = { ...header, node: "c", probe: "bench-c", sequence: 0 };
  const joined = [...batches, { header: joining, events: [], states: [], refused: 0 }];
  const after = analysis.report({ ...input, batches: joined });
  equal(JSON.stringify(after), JSON.stringify(analyse({ ...input, batches: joined })));
  equal(after.nodes.length, before.nodes.length + 1);
  ok(before.flows.length > 30, `${before.flows.length} flows`);
  for (const [i, flow] of before.flows.entries()) equal(after.flows[i] === flow, true, flow.id);
}

Deno.test("[D5] packets of shards are in no later report", () => {
  const { input } = tellingOf(1, {});
  const { closed, evicted } = input;
  const hub = { ...input, batches: input.batches.map((batch) => ({ ...batch, events: [] })) };
  const shard = new ShardAnalysis();
  const told = new ToldShard();
  const come = input.batches.map(({ header: { node }, events }) => ({ node, events }));
  told.summarize(shard.judge({ heads: hub.batches, come, gone: [], closed, evicted })!);
  told.take(shard.select(told.want(wantedFlows(planOf([told], new Set<string>())))));
  const joined = joinShards(hub, [told]);
  const analysis = new Analysis();
  equal(JSON.stringify(analysis.report(joined)), JSON.stringify(analyse(joined)));
  equal(JSON.stringify(analysis.report(hub)), JSON.stringify(analyse(hub)));
});
