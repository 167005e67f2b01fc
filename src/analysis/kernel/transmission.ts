/** Frees between the stack and a device's driver. Functions of Linux 5.15 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";
import { isDropBeforeSending } from "./frees.ts";
import { isNetfilterDrop } from "./netfilter.ts";
import { isQueueDrop } from "./queues.ts";
import { isInIp } from "./sizes.ts";

/**
 * Reasons, or none, of a free that a device without carrier explains. `NEIGH_FAILED` is one of
 * them: no neighbour can be asked for its link address over such a device. `noop` is the queueing
 * discipline of a device that is down; one that held packets when the device went down purges them.
 */
const DOWN =
  /^(DEV_READY|DEV_HDR|QDISC_DROP|NOT_SPECIFIED|FULL_RING|NEIGH_FAILED|QUEUE_PURGE|)$|NOOP/;

/**
 * Functions that hand a packet to a device or take it from one: transmit, queueing, veth and its
 * peer's receive (`dev_forward_skb`), bridge, VLAN, macvlan, and the neighbour code before them.
 */
const FUNCTIONS = new RegExp(
  "^(__dev_queue_xmit|__tcf_kfree_skb_list|dev_queue_xmit|__dev_xmit_skb|noop_|veth_xmit|__dev_forward_skb|" +
    "dev_forward_skb|__?br_|netif_receive|__netif_receive|enqueue_to_backlog|sch_direct|" +
    "kfree_skb_list|neigh_|ip_finish|vlan_|macvlan_|qdisc_|(__)?rtnl_unlock)",
);

/** Freed where, and with a reason that, a device without carrier explains. */
export const mayBeDeviceDown = (event: Event): boolean =>
  hasReason(event, DOWN) && freedIn(event, FUNCTIONS);

/** Freed, without a reason, where a frame's VLAN has a device, and that one is down (Linux 5.10 to 7.2). */
export const isRefusedByVlanDevice = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^vlan_do_receive/);

/** Freed by IP, by netfilter, while a neighbour was asked for or by a queue: no driver was given it. */
export const isBeforeDriver = (event: Event): boolean =>
  isInIp(event) || isNetfilterDrop(event) || isQueueDrop(event) || isDropBeforeSending(event);

/**
 * Freed, without a reason, by what a team's mode sends with: there was no port for it. Modes that spread
 * packets free so as well what no port of theirs is enabled for (Linux 5.10 to 7.2).
 */
export const isTeamWithoutPort = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^(ab|rr|lb|rnd|team_dummy)_transmit/);
