/** Frees in the forwarding of MPLS. Functions of Linux 5.10 to 7.2. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/**
 * Freed by the function that takes what came with a label: the device takes none, no route has the label, its
 * TTL is used up, or what is to be sent on is too large.
 */
export const isRefusedByLabels = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^mpls_forward/) && !givesReason(event);
