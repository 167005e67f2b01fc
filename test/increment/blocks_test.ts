/** [D5] A store throws away what one tier tells of a batch, of which the blocks of the others are the same. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { analyse, Analysis, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import type { Event } from "../../src/event/event.ts";
import { KINDS } from "../../src/event/kinds.ts";
import { readRows } from "../../src/event/read_rows.ts";
import { RowWriter } from "../../src/event/rows.ts";
import { Random } from "../sim/random.ts";
import { tellingOf } from "../sim/run.ts";
import { seedCount } from "../sim/seed_count.ts";

const SEEDS = seedCount(40, 5, 20);

function blockOf(events: readonly Event[]): Uint8Array {
  const rows = new RowWriter();
  for (const event of events) rows.event(event);
  return rows.block();
}

/** A batch as an ingest keeps it: a block for each tier, of which events are read anew each time. */
const keptAs = (header: Batch["header"], rows: readonly Uint8Array[]): Batch => ({
  ...{ header, rows, states: [], refused: 0 },
  get events() {
    return rows.flatMap(readRows);
  },
});

const isDrop = ({ kind }: Event) => KINDS[kind].tier === "drops";

Deno.test("[D5] events whose block is gone are gone, and no others", () => {
  let gone = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { input } = tellingOf(seed, seed % 2 ? {} : null);
    const random = new Random(seed);
    // States stay as they are, in batches of their own.
    const states = input.batches.map((batch): Batch => ({ ...batch, events: [] }));
    const kept = input.batches.map(({ header, events }) => {
      const tiers = [events.filter((event) => !isDrop(event)), events.filter(isDrop)];
      const rows = tiers.filter(({ length }) => length > 0).map(blockOf);
      return keptAs({ ...header, probe: `${header.probe}+`, eventLines: events.length }, rows);
    });
    const analysis = new Analysis({ packetsAwakeMax: seed % 2 ? 0 : Infinity });
    let evicted = input.evicted;
    for (let report = 0; report < 4; report++) {
      const part: AnalysisInput = { ...input, evicted, batches: [...states, ...kept] };
      const what = `seed ${seed}, after ${evicted} events were thrown away`;
      equal(JSON.stringify(analysis.report(part)), JSON.stringify(analyse(part)), what);
      for (const [i, { header, rows = [] }] of kept.entries()) {
        if (rows.length === 0 || !random.chance(0.3)) continue;
        const block = random.pick(rows);
        evicted += readRows(block).length;
        gone++;
        kept[i] = keptAs(header, rows.filter((other) => other !== block));
      }
    }
  }
  ok(gone > SEEDS, `${gone} blocks`);
});
