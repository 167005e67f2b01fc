/** Frees by wireguard, macsec, ipvlan, bonds and dummies, of which most are no drop. Functions of Linux 5.15 to 7.2. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/** Freed by wireguard's transmit function, which hands on what it takes. */
export const isRefusedByWireguardSender = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^wg_xmit/);

/**
 * Freed, not as a drop, by the function in which wireguard gives what it has decrypted to the stack:
 * what it refuses, and keepalives, which have nothing inside.
 */
export const isRefusedByWireguard = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^wg_packet_(rx_poll|consume_data_done)/);

/**
 * Freed as a drop by macsec's transmit function: it has no association to send by, or what it made is larger
 * than the device below takes. The second function is mostly inlined into the first.
 */
export const isRefusedByMacsecSender = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^macsec_(start_xmit|encrypt)/);

/** Freed as a drop by the transmit function of a device of IPsec, which hands on what it takes. */
export const isRefusedByIpsecDevice = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^xfrmi_xmit/);

/**
 * Freed, not as a drop, by ipvlan's transmit function: it does so only where its devices are kept from
 * each other (mode private), and the packet is for another one of them.
 */
export const isRefusedByIpvlan = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^ipvlan_(queue_xmit|xmit_mode_l|start_xmit)/);

/** Freed, not as a drop, by a dummy device, which has no other end: nobody gets what it is handed. */
export const isKeptByDummy = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^dummy_xmit/);

/**
 * No protocol took a packet of IP where the stack receives: every kernel has IP, so that the device it came
 * by was not to give it to IP.
 */
export const isTakenByNoProtocol = (event: Event): boolean =>
  event.kind === "drop" && event.protocol !== undefined &&
  freedIn(event, /^__netif_receive_skb/) &&
  (!givesReason(event) || event.reason === "UNHANDLED_PROTO");
