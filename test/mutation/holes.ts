/** Holes in what a node saw that are not spread at random: a time, a kind of event, a beginning. */
import type { Batch } from "../../src/analysis/mod.ts";
import type { Random } from "../sim/random.ts";
import { type Mutation, nodesOf } from "./mutation.ts";

/** Longest time that is cut out, ms. */
const MOMENT_MS = 500;

/** Without what a node saw in a moment that begins with some event of it. */
function withoutMoment(batches: Batch[], random: Random, node: string): Batch[] {
  const isMeant = ({ header }: Batch) => header.node === node;
  const events = batches.filter(isMeant).flatMap((batch) => batch.events);
  if (events.length === 0) return batches;
  const from = random.pick(events).timeNs;
  const to = from + BigInt(1 + random.int(MOMENT_MS)) * 1_000_000n;
  return batches.map((batch) =>
    isMeant(batch)
      ? { ...batch, events: batch.events.filter(({ timeNs }) => timeNs < from || timeNs > to) }
      : batch
  );
}

/** A probe looks so often for what was left out, ms; no stretch is told that is wider. */
const LOOK_MS = 250;

/**
 * Without what a node saw in a moment, or in some of it, as if the kernel had left out those runs: no
 * count of events has them, and a stretch is told that is as wide or wider.
 */
function leftOut(batches: Batch[], random: Random, node: string): Batch[] {
  const isMeant = ({ header }: Batch) => header.node === node;
  const events = batches.filter(isMeant).flatMap((batch) => batch.events);
  if (events.length === 0) return batches;
  const ms = (most: number) => BigInt(random.int(most)) * 1_000_000n;
  const from = random.pick(events).timeNs;
  const to = from + ms(LOOK_MS);
  const share = random.pick([0.5, 1]);
  const isIn = ({ timeNs }: { timeNs: bigint }) => timeNs >= from && timeNs <= to;
  const gone = new Set(events.filter((event) => isIn(event) && random.chance(share)));
  const fromNs = from - ms(LOOK_MS);
  const toNs = to + ms(LOOK_MS);
  const missed = { fromNs: String(fromNs < 0n ? 0n : fromNs), toNs: String(toNs) };
  const lost = new Map<string, number>();
  return batches.toSorted((a, b) => a.header.sequence - b.header.sequence).map((batch) => {
    if (!isMeant(batch)) return batch;
    const { header } = batch;
    const left = batch.events.filter((event) => !gone.has(event));
    const count = (lost.get(header.probe) ?? 0) + batch.events.length - left.length;
    lost.set(header.probe, count);
    if (count === 0) return batch;
    const totals = { ...header.totals, events: header.totals.events - count };
    const told = [...header.missed ?? [], { ...missed, count }];
    return { ...batch, events: left, header: { ...header, totals, missed: told } };
  });
}

/** Every such hole. None is counted in the totals of a batch. */
export const HOLES: readonly Mutation[] = [
  {
    name: "a moment of a node gone",
    loses: true,
    apply: (batches, random) => withoutMoment(batches, random, random.pick(nodesOf(batches))),
  },
  {
    name: "runs of a node left out",
    loses: true,
    apply: (batches, random) => leftOut(batches, random, random.pick(nodesOf(batches))),
  },
  {
    name: "a kind of event of a node gone",
    loses: true,
    apply(batches, random) {
      const kinds = [...new Set(batches.flatMap(({ events }) => events.map(({ kind }) => kind)))];
      if (kinds.length === 0) return batches;
      const [node, kind] = [random.pick(nodesOf(batches)), random.pick(kinds.sort())];
      return batches.map((batch) =>
        batch.header.node === node
          ? { ...batch, events: batch.events.filter((event) => event.kind !== kind) }
          : batch
      );
    },
  },
  {
    name: "the first batches gone",
    loses: true,
    apply: (batches, random) => batches.slice(random.int(batches.length)),
  },
  {
    name: "only the first state of each namespace",
    loses: true,
    apply(batches) {
      const known = new Set<string>();
      return batches.map((batch) => ({
        ...batch,
        states: batch.states.filter(({ netns }) => {
          const key = `${batch.header.node} ${netns}`;
          if (known.has(key)) return false;
          known.add(key);
          return true;
        }),
      }));
    },
  },
];
