/** [O24] Which packets of a flow that were told to die did so between two places that were counted. */
import { isDeviceKind } from "../../event/kinds.ts";
import { isRoutineDrop, isSideCopy } from "../kernel/frees.ts";
import { isCpuBacklogFull } from "../kernel/sockets.ts";
import { isBeforeDriver } from "../kernel/transmission.ts";
import { saysXdp } from "../kernel/xdp.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Difference } from "./difference.ts";
import { segmentsOf } from "./parts.ts";
import { AGAIN_NS, keyOf, type Place } from "./places.ts";

/** All that was told to die of a flow: looked for once, because few of its packets did. */
export interface Dead {
  dropped: readonly Judgement[];
  /** Drops that were joined to packets which did not die of them. */
  ofOthers: readonly Sighting[];
}

/** Those of a flow. */
export const deadOf = ({ packets }: FlowGroup): Dead => ({
  dropped: packets.filter(({ outcome }) => outcome === "dropped"),
  ofOthers: packets.flatMap(deathsOfOthers),
});

/**
 * Packets that were told to be dropped after the one place and before the next, `behind` with those after
 * it, while they are compared. Not all hops of a packet that dies are told, so where it died says more.
 */
export function dropsTold(
  dead: Dead,
  a: Place,
  behind: readonly Place[],
  { since, until }: Difference,
): number {
  let dropped = 0;
  for (const event of deathsBetween(dead, a, behind)) {
    if (event.node === a.node && (event.at < since || event.at > until)) continue;
    dropped += segmentsOf(event);
  }
  return dropped;
}

/** The drops of packets that died between two places. */
export const deathsBetween = (
  { dropped, ofOthers }: Dead,
  a: Place,
  behind: readonly Place[],
): Sighting[] => [
  ...dropped.filter((judgement) => diedBetween(judgement, a, behind))
    .map(({ end }) => end.step.event),
  ...ofOthers.filter((event) => isDeathBetween(event, a, behind)),
];

/**
 * Drops that were joined to a packet which did not die of them: those of packets that look like it (C6), or
 * that have its number after they came round. Were one a copy's, whose packet lives on, no packet would be
 * missing for it, and counts would prove nothing.
 */
export const deathsOfOthers = (judgement: Judgement): Sighting[] =>
  judgement.outcome === "dropped"
    ? []
    : judgement.packet.chains.flatMap(({ events }) =>
      events.filter((event) =>
        event.kind === "drop" && !isRoutineDrop(event) && !isSideCopy(event) &&
        (judgement.packet.ambiguous || isMuchLater(event, judgement))
      )
    );

/** Nothing of the packet was seen near it: numbers come round in no less than a tenth of a second. */
const isMuchLater = (event: Sighting, { steps }: Judgement): boolean =>
  steps.every(({ event: other }) =>
    other === event ||
    (other.node === event.node && Math.abs(other.at - event.at) >= AGAIN_NS)
  );

/** It was dropped after the one place and before the next, by where that was alone. */
export const isDeathBetween = (event: Sighting, a: Place, behind: readonly Place[]): boolean =>
  !isBehind(event, a, behind) && isWithin(event, a, behind);

/** It was dropped after the one place and before the next. */
export function diedBetween(
  judgement: Judgement,
  a: Place,
  behind: readonly Place[],
): boolean {
  if (judgement.outcome !== "dropped") return false;
  const { event } = judgement.end.step;
  if (isBehind(event, a, behind)) return false;
  const passed = placesOf(judgement);
  return (passed.has(keyOf(a)) || isWithin(event, a, behind)) &&
    !behind.some((place) => passed.has(keyOf(place)));
}

/** It was dropped in the namespace that the last place is in, after that place; `a` is the one before. */
export function diedIn(judgement: Judgement, a: Place, last: Place): boolean {
  if (judgement.outcome !== "dropped") return false;
  const { event } = judgement.end.step;
  return isAt(event, last) && !isCpuBacklogFull(event) &&
    (placesOf(judgement).has(keyOf(last)) || isBehind(event, a, [last]));
}

/** It died in a namespace that packets come to by one of these places, and not in the queue before that. */
export const isBehind = (event: Sighting, a: Place, behind: readonly Place[]): boolean =>
  !isAt(event, a) && behind.some((place) => isAt(event, place)) && !isCpuBacklogFull(event);

/**
 * Of a packet whose hop at the first place was not told: it died in the namespace that received it there,
 * before the next place of that namespace had it. Until it is routed, or taken out of a tunnel, it belongs to
 * the device that received it, then to the one that is to send it. A node before may have told its hops,
 * because every node chooses by a mask of its own.
 */
function isWithin(event: Sighting, a: Place, behind: readonly Place[]): boolean {
  const b = behind[0];
  if (a.stage !== "device-rx" || b === undefined || !isAt(event, a) || !isAt(event, b)) {
    return false;
  }
  if (isCpuBacklogFull(event) || saysXdp(event)) return false;
  if (event.ifindex === a.ifindex && a.ifindex !== b.ifindex) return true;
  if (isOnBridgeOf(event, a, behind)) return true;
  // What is received by that device as well may have come from it.
  return b.stage === "device-tx" && event.ifindex === b.ifindex && isBeforeDriver(event) &&
    !behind.some((place) =>
      place.stage === "device-rx" && isAt(event, place) && place.ifindex === b.ifindex
    );
}

/**
 * It died on the bridge that the device which received it is a port of. What another port received, or the
 * bridge itself has to send, may have died there as well.
 */
function isOnBridgeOf(event: Sighting, a: Place, behind: readonly Place[]): boolean {
  const state = stateAt(event.node, event.netns, event.at);
  const bridgeOf = ({ ifindex, seen }: Place) =>
    ifindex === event.ifindex ? ifindex : linkOf(state, ifindex, seen.device)?.masterIfindex;
  return bridgeOf(a) === event.ifindex && a.ifindex !== event.ifindex &&
    !behind.some((place) =>
      isAt(event, place) && place.stage === "device-rx" && bridgeOf(place) === event.ifindex
    );
}

const isAt = ({ node, netns }: Sighting, place: Place): boolean =>
  node === place.node && netns === place.netns;

const placesOf = ({ steps }: Judgement): Set<string> =>
  new Set(
    steps.filter(({ event }) => isDeviceKind(event.kind)).map(({ event }) =>
      keyOf(
        {
          node: event.node,
          netns: event.netns,
          ifindex: event.ifindex,
          stage: event.kind,
        } as unknown as Place,
      )
    ),
  );
