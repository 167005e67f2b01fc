/** Packets of a flow that were told at two places: each ties together what was counted at both. Rule O24. */
import { epochOf } from "../../event/epoch.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Place } from "./places.ts";

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
  return packets.flatMap(({ steps }): ToldAtBoth[] => {
    const [first, second] = [a, b].map((place) =>
      steps.find(({ event }) => isAt(event, place))?.event
    );
    if (first === undefined || second === undefined) return [];
    const epoch = epochOf(first);
    return epoch === epochOf(second) ? [{ epoch, a: first.at, b: second.at }] : [];
  });
}

/** It was at that place: without a key for each sighting, which there are many of. */
export const isAt = ({ node, netns, ifindex, kind }: Sighting, place: Place): boolean =>
  node === place.node && ifindex === place.ifindex && netns === place.netns &&
  kind === place.stage;
