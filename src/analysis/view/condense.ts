/**
 * The batches of an incident with only the headers that its coverage rests on. A probe that sends
 * five batches a second for an hour has 18,000 headers, of which a report needs seven.
 */
import type { BatchHeader } from "../../event/batch.ts";
import { isFirst } from "./distinct.ts";
import { goneTogether } from "./gone.ts";
import type { Batch } from "./input.ts";

/**
 * Batches with the same report as the given ones. Those that bound a probe's coverage stay as they
 * are; events, states and counts of the others are in one batch that stands for them.
 */
export function condense(batches: readonly Batch[]): Batch[] {
  const probes = new Map<string, Map<number, Batch>>();
  for (const batch of batches) {
    const { node, probe, sequence } = batch.header;
    const key = JSON.stringify([node, probe]);
    const own = probes.get(key) ?? new Map<number, Batch>();
    probes.set(key, own);
    // A batch that came twice is one.
    own.set(sequence, batch);
  }
  return [...probes.values()].flatMap((own) =>
    condenseProbe([...own.values()].sort((a, b) => a.header.sequence - b.header.sequence))
  );
}

function condenseProbe(ordered: readonly Batch[]): Batch[] {
  const last = ordered.at(-1)!;
  const kept = new Set<Batch>([
    // Whether any came before it is told by its number.
    ordered[0]!,
    last,
    ordered.at(-2) ?? last,
    most(ordered, ({ untilNs }) => BigInt(untilNs)),
    most(ordered, ({ attachedNs }) => -BigInt(attachedNs)),
    // By the first reading of both clocks all times of day are told.
    most(ordered, ({ clock }) => -BigInt(clock.monotonicNs)),
    most(ordered, (header) => BigInt(offsetMs(header))),
    most(ordered, (header) => -BigInt(offsetMs(header))),
  ]);
  const { header } = last;
  const whole: Batch = { header, events: [], states: [], refused: 0, came: 0, stands: 0 };
  const result: Batch[] = [];
  const isNew = isFirst();
  for (const batch of ordered) {
    if (batch !== last && kept.has(batch)) {
      result.push(batch);
      continue;
    }
    for (const event of batch.events) whole.events.push(event);
    for (const state of batch.states) whole.states.push(state);
    if (batch.cluster) (whole.cluster ??= []).push(...batch.cluster);
    whole.refused += batch.refused;
    whole.came! += linesOf(batch, isNew);
    whole.stands! += batch.stands ?? 1;
    const gone = goneTogether(whole.gone, batch.gone);
    if (gone) whole.gone = gone;
  }
  return [...result, whole];
}

/**
 * How many event lines came with a batch, wherever its events are now. Where nobody counted them those
 * count that `isNew` tells for the first time: a line that came twice is one.
 */
export const linesOf = (
  batch: Batch,
  isNew: ReturnType<typeof isFirst>,
): number =>
  // Some batches make their events each time that they are asked for.
  batch.came ?? batch.header.eventLines ?? batch.events.filter(isNew).length;

/** The batch with the highest value; of equal ones the last. */
function most(batches: readonly Batch[], value: (header: BatchHeader) => bigint): Batch {
  return batches.reduce((best, batch) => value(batch.header) >= value(best.header) ? batch : best);
}

/** Wall clock minus monotonic clock, as `timelines` compares them. */
function offsetMs({ clock }: BatchHeader): number {
  return clock.wallMs - Number(BigInt(clock.monotonicNs) / 1_000_000n);
}
