/** Frees in a bridge. Functions of Linux 5.15 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, hasReason } from "./free_reason.ts";

/** Freed in the bridge's own code, which has no tunnel. */
export const isInBridge = (event: Event): boolean => freedIn(event, /^_*br_/);

/** The bridge refused it, or found no port for it: by reason, else by function. */
export const isBridgeDrop = (event: Event): boolean =>
  hasReason(event, /^BRIDGE_|^VLAN_FILTER$|STP/) || freedIn(event, /^(br_|__br_)/);

/** Freed where a bridge takes a frame from one of its ports. */
export const isFreedEntering = (event: Event): boolean => freedIn(event, /^br_handle_frame/);

/** Freed where a bridge hands a frame to its own device, for its VLAN alone (Linux 5.10 to 7.2). */
export const isFreedGoingUp = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^br_pass_frame_up/);

/**
 * There was no device to send it to: a bridge had no port open for it, a tunnel device no remote
 * there. On kernels that have this reason.
 */
export const saysNoTarget = ({ reason }: Event): boolean => reason === "NO_TX_TARGET";

/**
 * Freed by the function that sends a frame to all ports, because none was open for it. Compilers may
 * make its last call a jump: then the function that received the frame is named instead.
 */
export const isFloodedToNoPort = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^br_flood/);

/** Freed where a bridge asks whether a port takes the frame's VLAN, and for nothing else (Linux 5.10 to 7.2). */
export const isFreedForVlanIn = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^(br|_)_allowed_ingress/);
