/** How long a packet took from hop to hop, wherever one clock tells it. Pure. */
import type { Hop } from "../event/report.ts";

/** Hops on one node that follow each other. */
export interface Stay {
  /** Place of its first hop in the path, from 0. */
  from: number;
  /** Place of its last hop in the path, from 0. */
  to: number;
  /** From its first hop to its last, ns; null when the clock of the node does not tell it. */
  totalNs: bigint | null;
}

/** What the clocks along a path tell. */
export interface HopTimes {
  /**
   * For each hop the time since the hop before, ns. Null where that was on another node, whose clock is
   * never compared. Zero where both were told by one sighting.
   */
  sinceBeforeNs: readonly (bigint | null)[];
  stays: readonly Stay[];
  /** Place of the hop that took the longest, from 0; null when there is nothing to compare it with. */
  slowest: number | null;
}

/** The times of a path, node by node. */
export function hopTimes(path: readonly Hop[]): HopTimes {
  const times = path.map(({ timeNs }) => BigInt(timeNs));
  const between = (from: number, to: number) => {
    const span = times[to]! - times[from]!;
    // Only a hop whose time could not be read goes back in time.
    return span < 0n ? null : span;
  };
  const stays: Stay[] = [];
  const sinceBeforeNs = path.map(({ node }, i) => {
    const goesOn = path[i - 1]?.node === node;
    if (goesOn) stays.at(-1)!.to = i;
    else stays.push({ from: i, to: i, totalNs: null });
    return goesOn ? between(i - 1, i) : null;
  });
  for (const stay of stays) stay.totalNs = between(stay.from, stay.to);
  const told = sinceBeforeNs.flatMap((ns, at) => ns === null || ns === 0n ? [] : [{ ns, at }]);
  const most = told.reduce((max, one) => one.ns > max.ns ? one : max, { ns: 0n, at: -1 });
  return { sinceBeforeNs, stays, slowest: told.length < 2 ? null : most.at };
}
