/** Frees by XDP programs, for those drivers in which the kernel frees an skb that can be traced. */
import type { Event } from "../../event/event.ts";
import { freedIn } from "./free_reason.ts";

/** The kernel's own reason, which only generic XDP gives, on kernels that have it. */
export const saysXdp = ({ reason }: Event): boolean => reason === "XDP";

/**
 * Functions that run a device's program and free what it does not pass: those of veth, of generic
 * XDP and of tun. Other drivers recycle the memory before there is a packet to free. Names of
 * Linux 5.15 to 6.18.
 */
const RUNNERS =
  /^(veth_xdp_rcv|do_xdp_generic|netif_receive_generic_xdp|bpf_prog_run_generic_xdp|tun_build_skb|xdp_)/;

/** Freed where a program runs: it dropped the packet, if the device has one. */
export const isFreedByXdpRunner = (event: Event): boolean => freedIn(event, RUNNERS);

/**
 * Freed, not as a drop, where veth runs a program: that one has sent the packet back or to another device, which
 * goes on in memory without this skb (`XDP_TX`, `XDP_REDIRECT`).
 */
export const isHandedOnByXdp = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^veth_xdp_rcv/);
