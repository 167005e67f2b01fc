/**
 * Order, batching and duplicates of the input change nothing: the same report, byte for byte. Each
 * seed tries one of them.
 */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import type { Violation } from "./match.ts";
import type { Random } from "./random.ts";

type Analyse = (input: AnalysisInput) => Report;

export function checkSame(
  input: AnalysisInput,
  report: Report,
  analyse: Analyse,
  random: Random,
  whole: boolean,
): Violation[] {
  const { batches } = input;
  const variants: Record<string, () => Batch[]> = {
    shuffled: () => random.shuffle(batches),
    duplicated: () => [...batches, ...batches.filter(() => random.chance(0.5))],
    "with events in another order": () =>
      batches.map((batch) => ({ ...batch, events: random.shuffle(batch.events) })),
  };
  // A batch that is missing shows by its number, a clock that was set by the pairs of all headers:
  // other batching would change both.
  if (whole) variants.rebatched = () => rebatched(batches, random);
  const [name, other] = random.pick(Object.entries(variants));
  const again = analyse({ ...input, batches: other() });
  if (JSON.stringify(again) === JSON.stringify(report)) return [];
  return [{ check: "same", text: `another report from the input ${name}` }];
}

/** Some cut in two, some put together, all numbered anew. */
function rebatched(batches: readonly Batch[], random: Random): Batch[] {
  const probes = new Map<string, Map<number, Batch>>();
  for (const batch of batches) {
    const { probe, sequence } = batch.header;
    if (!probes.has(probe)) probes.set(probe, new Map());
    probes.get(probe)!.set(sequence, batch);
  }
  return [...probes.values()].flatMap((own) => {
    const ordered = [...own.values()].sort((a, b) => a.header.sequence - b.header.sequence);
    return joined(ordered, random).flatMap((batch) => random.chance(0.5) ? halves(batch) : [batch])
      .map((batch, sequence) => ({ ...batch, header: { ...batch.header, sequence } }));
  });
}

function joined(ordered: Batch[], random: Random): Batch[] {
  const result: Batch[] = [];
  for (const batch of ordered) {
    const last = result.at(-1);
    if (!last || random.chance(0.5)) {
      result.push(batch);
      continue;
    }
    result[result.length - 1] = {
      // The first reading of both clocks tells all times of day.
      header: { ...batch.header, clock: last.header.clock },
      events: [...last.events, ...batch.events],
      states: [...last.states, ...batch.states],
      refused: last.refused + batch.refused,
    };
  }
  return result;
}

function halves(batch: Batch): Batch[] {
  const middle = Math.floor(batch.events.length / 2);
  return [
    { ...batch, header: { ...batch.header, final: false }, events: batch.events.slice(0, middle) },
    { ...batch, events: batch.events.slice(middle), states: [], refused: 0 },
  ];
}
