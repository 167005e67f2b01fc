/** Netkit: pairs of devices whose programs and policies are asked when one of them sends. */
import type { Event } from "../../event/event.ts";
import { freedIn } from "./free_reason.ts";

/**
 * Freed where a netkit device sends (`netkit_xmit`, Linux 6.7 to 7.2): what its program or its policy
 * does not let pass, and what finds no peer that is up. The first has been put on the peer before.
 */
export const isFreedByNetkit = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^netkit_xmit\b/);
