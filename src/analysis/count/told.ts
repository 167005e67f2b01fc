/** Packets of a flow that were told at two places: each ties together what was counted at both. Rule O24. */
import { epochOf } from "../../event/epoch.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { keyOf, type Place, placeKey } from "./places.ts";

/** A packet that was told at two places. */
export interface ToldAtBoth {
  /** Number of its epoch, `src/event/epoch.ts`. */
  epoch: number;
  /** When it was at the one, an `at`. */
  a: number;
  /** When it was at the other, an `at` of that node. */
  b: number;
}

/** All of a flow that were. */
export function toldAtBoth({ packets }: FlowGroup, a: Place, b: Place): ToldAtBoth[] {
  const [from, to] = [keyOf(a), keyOf(b)];
  return packets.flatMap(({ steps }): ToldAtBoth[] => {
    const at = (place: string) =>
      steps.find(({ event: { node, netns, ifindex, kind } }) =>
        placeKey(node, netns, ifindex, kind) === place
      )?.event;
    const [first, second] = [at(from), at(to)];
    if (first === undefined || second === undefined) return [];
    const epoch = epochOf(first);
    return epoch === epochOf(second) ? [{ epoch, a: first.at, b: second.at }] : [];
  });
}
