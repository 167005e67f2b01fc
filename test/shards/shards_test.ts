import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import { shardOf } from "../../src/analysis/shards/mod.ts";
import type { Event } from "../../src/event/event.ts";
import type { Faults } from "../sim/faults.ts";
import { tellingOf } from "../sim/run.ts";
import { analyseSharded } from "./analyse_sharded.ts";
import { seedCount } from "../sim/seed_count.ts";

const SEEDS = seedCount(250, 8, 100);
const SHARDS = [1, 2, 8];

const MODES: Record<string, Partial<Faults> | null> = {
  "without faults": {},
  "with each seed's own mix of faults": null,
  "with a tenth of all events lost": { loss: 0.1 },
};

function inputs(
  given: Partial<Faults> | null,
  seeds = SEEDS,
): { seed: number; input: AnalysisInput }[] {
  return Array.from(
    { length: seeds },
    (_, i) => ({ seed: i + 1, input: tellingOf(i + 1, given).input }),
  );
}

for (const [name, given] of Object.entries(MODES)) {
  Deno.test(`[D2] [D3] the report is the same on 1, 2 and 8 shards, ${name}`, () => {
    let all = 0;
    let looked = 0;
    for (const { seed, input } of inputs(given)) {
      const report = analyse(input);
      for (const shards of SHARDS) {
        const { report: sharded, sent } = analyseSharded(input, shards);
        equal(sharded, report, `seed ${seed}, ${shards} shards`);
        looked += sent;
        all += report.accounting.events;
      }
    }
    ok(looked < all, "the hub looked at all events, must not have to");
  });
}

Deno.test("[D1] the shard of an event is that of every other sighting of its packet", () => {
  const byKind = (event: Event, shards: number) =>
    shardOf(event, shards) === null ? null : event.kind.length % shards;
  const differs = inputs({}).filter(({ input }) =>
    JSON.stringify(analyseSharded(input, 8, { placement: byKind }).report) !==
      JSON.stringify(analyse(input))
  );
  ok(
    differs.length > SEEDS / 4,
    `${differs.length}: shards chosen by what happened must tear packets apart`,
  );
});

Deno.test("[D1] more shards move events to new shards only, and use all of them alike", () => {
  const events = inputs({}).flatMap(({ input }) => input.batches.flatMap((batch) => batch.events));
  const counts = new Map<number, number>();
  for (const event of events) {
    const [few, many] = [shardOf(event, 3), shardOf(event, 8)];
    equal(few === null, many === null);
    if (few === null || many === null) continue;
    ok(many === few || many >= 3, `from ${few} to ${many}`);
    counts.set(many, (counts.get(many) ?? 0) + 1);
  }
  const shares = [...counts.values()].map((count) => count / events.length);
  ok(counts.size === 8 && Math.max(...shares) < 2 * Math.min(...shares), shares.join(" "));
});

Deno.test("[D4] without room for all of it a report says less, and nothing else", () => {
  const seeds = seedCount(250, 40, 100);
  let less = 0;
  let dropped = 0;
  for (const { seed, input } of inputs(null, seeds)) {
    const whole = analyse(input);
    const { report } = analyseSharded(input, 4, { eventsMax: 40 });
    equal(report.accounting, whole.accounting);
    const flows = new Map(whole.flows.map((flow) => [flow.id, flow]));
    for (const { id, outcome, gap, packets } of report.flows) {
      const known = flows.get(id);
      if (outcome === known?.outcome) {
        if (outcome === "dropped") dropped++;
        continue;
      }
      equal(outcome, "unknown", `seed ${seed}, ${id}`);
      ok(gap !== undefined && packets.seen > 0, `seed ${seed}, ${id}`);
      less++;
    }
  }
  ok(
    less > seeds / 50 && dropped > seeds / 12.5,
    `${less} said less, ${dropped} dropped all the same`,
  );
});
