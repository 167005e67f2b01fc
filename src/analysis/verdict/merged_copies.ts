/** Copies that a switch flooded, put together or cut otherwise than the packets that they are copies of. Rule C7. */
import { isAnothersFrame } from "../kernel/frees.ts";
import { isSame, nearOf, overlap, type Range } from "./ranges.ts";

/**
 * [C7] Of segments that a switch flooded, a host that they are not for sees copies. Where it puts them
 * together (GRO), or the sender's device cut them, they look like no packet that was sent. They are
 * none where all that they carry was seen elsewhere: such copies. What carries as much as another does
 * is a segment that was sent again.
 */
export function floodedCopies(ranges: readonly Range[]): ReadonlySet<Range> {
  const { copies, others } = Object.groupBy(
    ranges,
    (range) => isOnlyFlooded(range) ? "copies" : "others",
  );
  if (copies === undefined || others === undefined) return NONE;
  const near = nearOf(others);
  return new Set(copies.filter((copy) => isCovered(copy, near(copy))));
}

const NONE: ReadonlySet<Range> = new Set();

/** It was seen where its frames were another host's, and nowhere else. */
const isOnlyFlooded = ({ judgement: { steps } }: Range): boolean =>
  steps.every(({ event }) => event.packetType === "otherhost") &&
  steps.some(({ event }) => isAnothersFrame(event));

/** All bytes of it are in one of these, which are in the order of their first bytes. */
function isCovered(copy: Range, others: readonly Range[]): boolean {
  if (others.some((other) => isSame(copy, other))) return false;
  let left = copy;
  for (const other of others) {
    const start = { ...left, length: 1 };
    if (left.length > 0 && overlap(start, other) > 0) {
      const bytes = overlap(left, other);
      left = { ...left, from: (left.from + bytes) | 0, length: left.length - bytes };
    }
  }
  return left.length === 0;
}
