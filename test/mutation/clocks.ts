/** Clocks that are off: a report says less by them, and nothing that is not so. */
import { type Mutation, nodesOf, onOne, shifted } from "./mutation.ts";

/** Every way in which clocks are off. */
export const CLOCKS: readonly Mutation[] = [
  {
    name: "a wall clock off",
    loses: true,
    apply(batches, random) {
      const ms = (random.chance(0.5) ? 1 : -1) * (10_000 + random.int(60_000));
      return onOne((batch) => {
        const { clock } = batch.header;
        return {
          ...batch,
          header: { ...batch.header, clock: { ...clock, wallMs: clock.wallMs + ms } },
        };
      })(batches, random);
    },
  },
  {
    name: "a monotonic clock of its own",
    loses: true,
    apply(batches, random) {
      const ns = BigInt(1 + random.int(70_000)) * 1_000_000_000n;
      return onOne((batch) => shifted(batch, ns))(batches, random);
    },
  },
  {
    // Within what readings on a busy machine differ, and a little beyond.
    name: "a monotonic clock off by less than a second",
    loses: true,
    apply(batches, random) {
      const ns = BigInt(random.int(2_000_000_000)) - 1_000_000_000n;
      return onOne((batch) => shifted(batch, ns))(batches, random);
    },
  },
  {
    name: "every node of a kernel of its own",
    loses: true,
    apply(batches, random) {
      const clocks = new Map(
        nodesOf(batches).map((node) => [node, BigInt(random.int(1_000_000)) * 1_000_003_001n]),
      );
      return batches.map((batch) => {
        const { header, ...rest } = shifted(batch, clocks.get(batch.header.node)!);
        return { ...rest, header: { ...header, boot: `of ${header.node}` } };
      });
    },
  },
  {
    name: "no boot id, and every wall clock off",
    loses: true,
    apply(batches, random) {
      const offsets = new Map(
        nodesOf(batches).map((node) => [node, random.int(140_000) - 70_000]),
      );
      return batches.map((batch) => {
        const { boot: _, clock, ...header } = batch.header;
        const wallMs = clock.wallMs + offsets.get(header.node)!;
        return { ...batch, header: { ...header, clock: { ...clock, wallMs } } };
      });
    },
  },
];
