import { equal, ok } from "node:assert/strict";
import { analyse, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import { checkWrong } from "./check_wrong.ts";
import { tellingOf } from "./run.ts";
import { seedCount } from "./seed_count.ts";

const SEEDS = seedCount(60, 12, 30);
const GONE = 5;
/** How long before everything the probes began to watch, and the last event was that is gone. */
const [WATCHED_NS, GONE_NS] = [600_000_000_000n, 200_000_000_000n];

/** The same of probes that began ten minutes earlier, of whose first batches the store threw events away. */
function afterMuch(input: AnalysisInput, isTold: boolean): AnalysisInput {
  const first = new Map<string, Batch>();
  for (const batch of input.batches) {
    const known = first.get(batch.header.probe);
    if (!known || batch.header.sequence < known.header.sequence) {
      first.set(batch.header.probe, batch);
    }
  }
  const firsts = new Set([...first.values()].map(({ header }) => header));
  const batches = input.batches.map((batch): Batch => {
    const { header, events } = batch;
    const { attachedNs, totals } = header;
    const isFirst = firsts.has(header);
    const moved = {
      ...header,
      attachedNs: String(BigInt(attachedNs) - WATCHED_NS),
      eventLines: events.length + (isFirst ? GONE : 0),
      totals: { ...totals, events: totals.events + GONE },
    };
    const untilNs = BigInt(attachedNs) - GONE_NS;
    const gone = { lines: GONE, untilNs, withDrops: true };
    return { ...batch, header: moved, ...(isFirst && isTold && { gone }) };
  });
  return { ...input, batches, evicted: GONE * firsts.size };
}

Deno.test("[S10] [O34] what was thrown away long before makes nothing wrong and hides hardly anything", () => {
  const known = { without: 0, told: 0, untold: 0 };
  for (let seed = 9_001; seed <= 9_000 + SEEDS; seed++) {
    const { scenario, input } = tellingOf(seed, {});
    const of = (one: AnalysisInput) => {
      const report = analyse(one);
      equal(checkWrong(scenario, report)[0]?.text ?? "", "", `seed ${seed}`);
      return report.flows.reduce(
        (sum, { packets }) => sum + packets.dropped + packets.vanished + packets.delivered,
        0,
      );
    };
    known.without += of(input);
    known.told += of(afterMuch(input, true));
    known.untold += of(afterMuch(input, false));
  }
  ok(known.told > 0.85 * known.without, JSON.stringify(known));
  ok(known.untold < 0.75 * known.without, JSON.stringify(known));
});
