/**
 * What an event says of a free: the function that freed the packet, and the kernel's reason.
 *
 * Reasons begin with Linux 5.17 (`enum skb_drop_reason`), without their prefix `SKB_DROP_REASON_`
 * here. Until a call site was given a reason of its own it says `NOT_SPECIFIED`.
 */
import type { Event } from "../../event/event.ts";

/** Tests the name of the freeing function, which is empty where the kernel named none. */
export const freedIn = ({ function: by }: Event, functions: RegExp): boolean =>
  functions.test(by ?? "");

/** Tests the reason, which is empty where the kernel gave none. */
export const hasReason = ({ reason }: Event, reasons: RegExp): boolean =>
  reasons.test(reason ?? "");

/** The kernel said why: `NOT_SPECIFIED` is no reason. */
export const givesReason = ({ reason }: Event): boolean =>
  reason !== undefined && reason !== "NOT_SPECIFIED";
