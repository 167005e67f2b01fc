/** Shards that are told of an incident piece by piece, and tell only what is other: the same reports. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { analyse, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import { evictingParts, inPieces, partsOf } from "../increment/pieces.ts";
import type { Faults } from "../sim/faults.ts";
import { Random } from "../sim/random.ts";
import { tellingOf } from "../sim/run.ts";
import { seedCount } from "../sim/seed_count.ts";
import { ShardedIncident } from "./analyse_sharded.ts";

const SEEDS = seedCount(80, 2, 30);
const SHARDS = [1, 2, 8];

const MODES: Record<string, Partial<Faults> | null> = {
  "without faults": {},
  "with each seed's own mix of faults": null,
  "with a tenth of all events lost": { loss: 0.1 },
};

function compare(parts: Iterable<AnalysisInput>, what: string): ShardedIncident[] {
  const incidents = SHARDS.map((shards) => new ShardedIncident(shards));
  for (const part of parts) {
    const whole = JSON.stringify(analyse(part));
    for (const [i, incident] of incidents.entries()) {
      const { report } = incident.report(part);
      equal(JSON.stringify(report), whole, `${what}, ${SHARDS[i]} shards, ${part.batches.length}`);
    }
  }
  return incidents;
}

/** As an ingest keeps them: it counts the lines that came with each. */
const pieces = (input: AnalysisInput, random: Random): Batch[] =>
  inPieces(input.batches, random).map((batch) => ({
    ...batch,
    header: { ...batch.header, eventLines: batch.events.length },
  }));

const bySequence = (batches: readonly Batch[]): Batch[] =>
  [...batches].sort((a, b) => a.header.sequence - b.header.sequence);

for (const [name, given] of Object.entries(MODES)) {
  Deno.test(`[D5] shards that are told piece by piece make the report of all at once, ${name}`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { input } = tellingOf(seed, given);
      const random = new Random(seed);
      const told = pieces(input, random);
      compare(partsOf(input, bySequence(told)), `seed ${seed}`);
      compare(partsOf(input, random.shuffle(told)), `seed ${seed}, in no order`);
    }
  });
}

Deno.test("[D5] shards whose events are thrown away make the report of the events that are left", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { input } = tellingOf(seed, null);
    const told = bySequence(pieces(input, new Random(seed)));
    compare(evictingParts(input, told, seed), `seed ${seed}, with events thrown away`);
  }
});

Deno.test("[D5] a shard tells only what is other: all reports tell hardly more packets than the last", () => {
  const seeds = seedCount(80, 8, 30);
  let told = 0;
  let once = 0;
  let begunAnew = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { input } = tellingOf(seed, {});
    const ordered = bySequence(pieces(input, new Random(seed)));
    for (const incident of compare(partsOf(input, ordered), `seed ${seed}`)) {
      told += incident.packetsTold;
      incident.packetsTold = 0;
      incident.report({ ...input, batches: ordered });
      equal(incident.packetsTold, 0, "nothing is other, and packets were told");
      begunAnew += incident.begunAnew;
    }
    for (const incident of compare([{ ...input, batches: ordered }], `seed ${seed}`)) {
      once += incident.packetsTold;
    }
  }
  // Only where a batch tells of a time before the first one of its node.
  ok(begunAnew < seeds, `shards were begun anew ${begunAnew} times`);
  ok(told < 2 * once, `${told} packets were told in all, of ${once} in the last reports`);
});
