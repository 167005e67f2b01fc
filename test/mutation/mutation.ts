/** What a mutation is, and what all of them are made with. */
import type { Batch } from "../../src/analysis/mod.ts";
import type { Random } from "../sim/random.ts";

/** One thing that went wrong, and whether something is missing by it. */
export interface Mutation {
  name: string;
  /** Without it the report must be exactly the same. */
  loses: boolean;
  apply(batches: Batch[], random: Random): Batch[];
}

/** Names of the nodes, in order. */
export const nodesOf = (batches: readonly Batch[]) =>
  [...new Set(batches.map(({ header }) => header.node))].sort();

/** Changes all batches of one node. */
export const onOne =
  (change: (batch: Batch) => Batch) => (batches: Batch[], random: Random): Batch[] => {
    const node = random.pick(nodesOf(batches));
    return batches.map((batch) => batch.header.node === node ? change(batch) : batch);
  };

/** As if the node's monotonic clock had begun at another time. */
export function shifted(batch: Batch, ns: bigint): Batch {
  const { header } = batch;
  const moved = (text: string) => String(BigInt(text) + ns);
  const movedStretch = (stretch: NonNullable<typeof header.missed>[number]) => ({
    ...stretch,
    fromNs: moved(stretch.fromNs),
    toNs: moved(stretch.toNs),
  });
  return {
    ...batch,
    header: {
      ...header,
      attachedNs: moved(header.attachedNs),
      untilNs: moved(header.untilNs),
      ...(header.missed ? { missed: header.missed.map(movedStretch) } : {}),
      clock: { ...header.clock, monotonicNs: moved(header.clock.monotonicNs) },
    },
    events: batch.events.map((event) => ({ ...event, timeNs: event.timeNs + ns })),
    states: batch.states.map((state) => ({ ...state, timeNs: moved(state.timeNs) })),
  };
}
