/** Kinds of devices that the kernel treats in a way of their own. */

/**
 * Devices above another one that receive without a tracepoint of their own (`netif_receive_skb` is
 * only traced for the lower device), perhaps in another namespace than the lower device's.
 */
const UNTRACED_RECEIVERS = new Set(["macvlan", "ipvlan", "macvtap", "vlan"]);

/** Devices of this link kind (as `ip -details link` names it) receive without any event. */
export const receivesUntraced = (linkKind: string): boolean => UNTRACED_RECEIVERS.has(linkKind);

/** Devices that encrypt what they are handed: nothing shows which packet is in what they send. */
const SEALERS = new Set(["wireguard", "macsec", "xfrm", "vti", "vti6"]);

/** Devices of this link kind send what can't be told to be the packet any more. */
export const sealsPackets = (linkKind: string): boolean => SEALERS.has(linkKind);

/** Devices of this link kind free what they refuse in a way that only `consume` tells of. */
export const refusesSilently = (linkKind: string): boolean =>
  linkKind === "ipvlan" || linkKind === "ipvtap";
