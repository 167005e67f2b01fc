/** Frees by traffic control and by queues. Reasons of Linux 5.17 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";

/** The side of the device whose tc filters or programs dropped it; null when they did not. */
export function trafficControlSide({ reason }: Event): "ingress" | "egress" | null {
  return reason === "TC_INGRESS" ? "ingress" : reason === "TC_EGRESS" ? "egress" : null;
}

/**
 * Freed, on a kernel that gives no reason there, by the functions that ask the filters of tc when a device
 * receives or sends, which are inlined into these (Linux 5.10, 5.15); null: elsewhere.
 */
export function untoldTrafficControlSide(event: Event): "ingress" | "egress" | null {
  if (event.kind !== "drop" || givesReason(event)) return null;
  if (freedIn(event, /^__netif_receive_skb_core/)) return "ingress";
  return freedIn(event, /^(__dev_queue_xmit|sch_handle_egress)/) ? "egress" : null;
}

/**
 * Freed as one of a list, on a kernel that gives no reason there: what a queueing discipline gives back when it
 * is handed a packet is freed so (`__dev_xmit_skb`), and some else (Linux 5.10, 5.15).
 */
export const isUntoldListFree = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^kfree_skb_list(\.|$)/);

/** Reasons of queueing disciplines. */
const FULL = /^(QDISC_|OVERLIMIT|CONGESTED|CAKE_|CODEL_|FQ_FLOW_LIMIT|FQ_BAND_LIMIT|TC_QUEUE)/;

/** A queueing discipline held as many packets of this flow as it may, whatever room there is for others. */
export const isFlowFull = ({ reason }: Event): boolean => reason === "FQ_FLOW_LIMIT";

/**
 * A queue had no room. A queueing discipline that cuts a large packet frees all of it at once in its
 * enqueue function, and gives no reason.
 */
export const isQueueDrop = (event: Event): boolean =>
  hasReason(event, FULL) || (!givesReason(event) && freedIn(event, /^[a-z]+_enqueue$/));

/** Filters of tc were seen to refuse what a queueing discipline then dropped. */
export const isRefusedByFilter = (event: Event): boolean =>
  (isQueueDrop(event) || isUntoldListFree(event)) && event.refusedBy === "tcf_classify";

/**
 * The ring had no room in which a driver keeps packets for who reads them: for a tun or tap device a
 * program. It lies behind the device's queueing disciplines (`tun_net_xmit`, `tap_handle_frame`).
 */
export const isRingFull = (event: Event): boolean => hasReason(event, /^(FULL_RING|PTR_RING)/);

/** Queueing disciplines that hold packets back to keep a rate or a delay. */
export const SHAPERS: ReadonlySet<string> = new Set([
  "tbf",
  "htb",
  "hfsc",
  "cbq",
  "cake",
  "netem",
  "dualpi2",
]);
