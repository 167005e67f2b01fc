/** The way of one copy of a packet: each sighting with the one that led to it. */
import { isDeviceKind } from "../../event/kinds.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";

/** One sighting on the way of a packet. */
export interface Step {
  event: Sighting;
  chain: Chain;
  /** The step that led to this one, on whichever node; null for the packet's first sighting. */
  previous: Step | null;
}

/** Steps from the first sighting to this one. */
export function stepsTo(last: Step): Step[] {
  // Of its length from the start: lists that grow have room to spare.
  const steps = new Array<Step>(lengthTo(last));
  let i = steps.length;
  for (let at: Step | null = last; at; at = at.previous) steps[--i] = at;
  return steps;
}

/** How many steps there are from the first sighting to this one. */
export function lengthTo(last: Step): number {
  let length = 0;
  for (let at: Step | null = last; at; at = at.previous) length++;
  return length;
}

/** The last sighting on a device up to this step; without one the step's own. */
export function deviceEvent(step: Step): Sighting {
  for (let at: Step | null = step; at; at = at.previous) {
    if (isDeviceKind(at.event.kind)) return at.event;
  }
  return step.event;
}
