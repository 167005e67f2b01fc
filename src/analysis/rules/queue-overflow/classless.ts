/** Queueing disciplines that drop what has no class. */
import type { NetnsState, Qdisc } from "../../../event/state.ts";
import { isIncomplete } from "../../view/state_view.ts";
import type { Case } from "../case.ts";

/** These drop what no filter sends to a class that is there; the classes are not read. */
const KINDS = new Set(["drr", "qfq", "hfsc"]);

/** It may have dropped a packet for want of a class. */
export const dropsClassless = ({ kind }: Qdisc): boolean => KINDS.has(kind);

/**
 * It has neither a default class nor a filter, by what was read: then only what a socket or a rule of the
 * firewall gave a class by its priority (`SO_PRIORITY`, CLASSIFY) is not dropped.
 */
export const hasNoWayIn = (state: NetnsState | null, { device, handle, kind, text }: Qdisc) =>
  KINDS.has(kind) && state !== null && !isIncomplete(state, ["state", "filters"]) &&
  !/\bdefault\b/.test(text) &&
  !state.filters.some((filter) => filter.device === device && filter.where.startsWith(handle));

/**
 * None of its classes can have been full: fewer packets were ever in them, from the first reading to the last, than
 * the queue holds that a class has by itself, which is as long as the device's. A queue that somebody gave a
 * class is read, and counts its own drops.
 */
export function hadRoom({ node, netns, link }: Case, now: Qdisc): boolean {
  const first = node.states.get(netns ?? -1)?.[0]?.state.qdiscs.find((other) =>
    other.device === now.device && other.handle === now.handle && other.parent === now.parent
  );
  const room = link?.transmitQueueLength ?? 0;
  if (now.sent === undefined || now.backlogPackets === undefined || room === 0) return false;
  // One that was made since had nothing in it before.
  return now.sent - (first?.sent ?? 0) + now.backlogPackets < room;
}
