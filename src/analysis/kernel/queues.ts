/** Frees by traffic control and by queues. Reasons of Linux 5.17 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";

/** The side of the device whose tc filters or programs dropped it; null when they did not. */
export function trafficControlSide({ reason }: Event): "ingress" | "egress" | null {
  return reason === "TC_INGRESS" ? "ingress" : reason === "TC_EGRESS" ? "egress" : null;
}

/** Reasons of queueing disciplines, of drivers' rings and of taps' queues. */
const FULL =
  /^(QDISC_|FULL_RING|TAP_|PTR_RING|OVERLIMIT|CONGESTED|CAKE_|CODEL_|FLOW_LIMIT|BAND_LIMIT|HORIZON|TC_QUEUE)/;

/**
 * A queue had no room. A queueing discipline that cuts a large packet frees all of it at once in its
 * enqueue function, and gives no reason.
 */
export const isQueueDrop = (event: Event): boolean =>
  hasReason(event, FULL) || (!givesReason(event) && freedIn(event, /^[a-z]+_enqueue$/));
