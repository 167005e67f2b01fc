/**
 * An archive as it may come after something went wrong: lines, batches, states or nodes gone, counted
 * or not; another order, twice; clocks of a node that are off. Each is drawn from one seed.
 */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { Random } from "../sim/random.ts";
import { CLOCKS } from "./clocks.ts";
import { HOLES } from "./holes.ts";
import { type Mutation, nodesOf, onOne } from "./mutation.ts";

/** Share of the lines that are taken away. */
const SHARES = [0.01, 0.05, 0.2, 0.5];

function withoutLines(batches: Batch[], random: Random, isCounted: boolean): Batch[] {
  const share = random.pick(SHARES);
  const node = random.chance(0.5) ? random.pick(nodesOf(batches)) : null;
  const gone = new Map<string, number>();
  return batches.map((batch) => {
    if (node !== null && batch.header.node !== node) return batch;
    const events = batch.events.filter(() => !random.chance(share));
    const { probe } = batch.header;
    const lost = (gone.get(probe) ?? 0) + batch.events.length - events.length;
    gone.set(probe, lost);
    if (!isCounted) return { ...batch, events };
    const { totals } = batch.header;
    const told = { ...totals, events: totals.events - lost, lost: totals.lost + lost };
    return { ...batch, events, header: { ...batch.header, totals: told } };
  });
}

/** Every kind of thing that goes wrong. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: "lines gone, uncounted",
    loses: true,
    apply: (batches, random) => withoutLines(batches, random, false),
  },
  {
    name: "lines gone, counted",
    loses: true,
    apply: (batches, random) => withoutLines(batches, random, true),
  },
  {
    name: "one event gone",
    loses: true,
    apply(batches, random) {
      const full = batches.filter(({ events }) => events.length > 0);
      if (full.length === 0) return batches;
      const one = random.pick(full);
      const at = random.int(one.events.length);
      return batches.map((batch) =>
        batch === one ? { ...batch, events: batch.events.toSpliced(at, 1) } : batch
      );
    },
  },
  {
    name: "a batch gone",
    loses: true,
    apply: (batches, random) => batches.toSpliced(random.int(batches.length), 1),
  },
  {
    name: "the last batches of a node gone",
    loses: true,
    apply(batches, random) {
      const node = random.pick(nodesOf(batches));
      const own = batches.filter(({ header }) => header.node === node);
      const kept = new Set(own.slice(0, random.int(own.length) + 1));
      return batches.filter((batch) => batch.header.node !== node || kept.has(batch));
    },
  },
  {
    name: "a node gone",
    loses: true,
    apply(batches, random) {
      const names = nodesOf(batches);
      if (names.length < 2) return batches;
      const node = random.pick(names);
      return batches.filter(({ header }) => header.node !== node);
    },
  },
  { name: "all state of a node gone", loses: true, apply: onOne((b) => ({ ...b, states: [] })) },
  {
    name: "state of some namespaces gone",
    loses: true,
    apply: (batches, random) =>
      batches.map((batch) => ({
        ...batch,
        states: batch.states.filter(() => !random.chance(0.4)),
      })),
  },
  {
    name: "most lines of a node gone, and its state",
    loses: true,
    apply: (batches, random) =>
      onOne((batch) => ({
        ...batch,
        events: batch.events.filter(() => random.chance(0.4)),
        states: [],
      }))(batches, random),
  },
  { name: "another order", loses: false, apply: (batches, random) => random.shuffle(batches) },
  {
    name: "some of it twice",
    loses: false,
    apply: (batches, random) => [...batches, ...batches.filter(() => random.chance(0.5))],
  },
  {
    name: "some lines twice in their batches",
    loses: false,
    apply: (batches, random) =>
      batches.map((batch) => ({
        ...batch,
        events: batch.events.flatMap((event) => random.chance(0.2) ? [event, event] : [event]),
      })),
  },
  {
    name: "as many lines gone as others came twice",
    loses: true,
    apply: (batches, random) =>
      batches.map((batch) => {
        const gone = new Set(batch.events.filter(() => random.chance(0.1)));
        const left = batch.events.filter((event) => !gone.has(event));
        return { ...batch, events: [...left, ...left.slice(0, gone.size)] };
      }),
  },
  {
    name: "another order within batches",
    loses: false,
    apply: (batches, random) =>
      batches.map((batch) => ({ ...batch, events: random.shuffle([...batch.events]) })),
  },
  ...HOLES,
  ...CLOCKS,
];

/** A variant of an archive, and what was done to it. */
export interface Variant {
  input: AnalysisInput;
  done: readonly Mutation[];
}

/** The variant of this seed: one mutation, or two or three at once. */
export function variantOf(input: AnalysisInput, seed: number): Variant {
  const random = new Random(seed);
  const count = random.chance(0.6) ? 1 : 2 + random.int(2);
  const done: Mutation[] = [];
  let { batches } = input;
  for (let i = 0; i < count; i++) {
    const mutation = random.pick(MUTATIONS);
    if (batches.length === 0) break;
    batches = mutation.apply(batches, random);
    done.push(mutation);
  }
  return { input: { ...input, batches }, done };
}
