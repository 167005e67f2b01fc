/** An incident told piece by piece: the inputs of its reports, one after the other. */
import type { Event } from "../../src/event/event.ts";
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { goneOf } from "../../src/analysis/mod.ts";
import { KINDS } from "../../src/event/kinds.ts";
import { Random } from "../sim/random.ts";

/** Batches that each batch is told in. */
const PIECES = 4;

/** Reports of one incident. */
const REPORTS = 6;

/** The same events in more batches, each with its share, in the order in which they happened. */
export function inPieces(batches: readonly Batch[], random: Random): Batch[] {
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

/** The incident as it grows, batch by batch. */
export function* partsOf(input: AnalysisInput, order: readonly Batch[]): Generator<AnalysisInput> {
  const step = Math.max(1, Math.ceil(order.length / REPORTS));
  for (let told = step; told < order.length + step; told += step) {
    const closed = input.closed && told >= order.length;
    yield { ...input, closed, batches: order.slice(0, told) };
  }
}

const isDrop = ({ kind }: Event) => KINDS[kind].tier === "drops";

function eventsOf({ events }: Batch) {
  if (events.length === 0) return {};
  const latest = events.reduce((a, { timeNs }) => timeNs > a ? timeNs : a, 0n);
  return { dropLines: events.filter(isDrop).length, latestEventNs: String(latest) };
}

/** `left`: events that are left, all of which are drops. */
function goneIn({ header, events, gone }: Batch, left: number): Pick<Batch, "gone"> {
  const evicted = (gone?.lines ?? 0) + events.length - left;
  const now = goneOf({ header, evicted, drops: left });
  return now ? { gone: now } : {};
}

/**
 * The same with a store at its bound: after each piece it throws away events of earlier ones. As an ingest
 * gives them, the headers of such batches stay the same objects and tell how many lines came. Of every
 * second seed the batches say what is gone of them, as an ingest knows it: all hops of the oldest.
 */
export function* evictingParts(
  input: AnalysisInput,
  given: readonly Batch[],
  seed: number,
): Generator<AnalysisInput> {
  const random = new Random(seed);
  const kept = given.map((batch): Batch => ({
    ...batch,
    header: { ...batch.header, eventLines: batch.events.length, ...eventsOf(batch) },
  }));
  const isTold = seed % 2 === 1;
  let evicted = input.evicted;
  const step = Math.max(1, Math.ceil(kept.length / REPORTS));
  for (let told = step; told < kept.length + step; told += step) {
    for (let i = 0; i < Math.min(told - step, kept.length); i++) {
      const batch = kept[i]!;
      if (!random.chance(0.3)) continue;
      const events = batch.events.filter((event) => isTold ? isDrop(event) : random.chance(0.6));
      evicted += batch.events.length - events.length;
      kept[i] = { ...batch, events, ...(isTold && goneIn(batch, events.length)) };
    }
    const closed = input.closed && told >= kept.length;
    yield { ...input, closed, evicted, batches: kept.slice(0, told) };
  }
}
