/** Kinds of devices that the kernel treats in a way of their own. */

/**
 * Devices above another one that receive without a tracepoint of their own (`netif_receive_skb` is
 * only traced for the lower device), perhaps in another namespace than the lower device's.
 */
const UNTRACED_RECEIVERS = new Set(["macvlan", "ipvlan", "macvtap", "vlan"]);

/** Devices of this link kind (as `ip -details link` names it) receive without any event. */
export const receivesUntraced = (linkKind: string): boolean => UNTRACED_RECEIVERS.has(linkKind);
