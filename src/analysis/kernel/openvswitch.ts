/** Frees in the datapath of Open vSwitch. Functions and reasons of Linux 6.3 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";

// The probe reads the flows when it sees one.
export { isDoneWithActions } from "../../event/openvswitch_actions.ts";

/** Link kind of the datapath itself and of its internal ports. */
export const DATAPATH_KIND = "openvswitch";

/** The datapath's own reasons (`enum ovs_drop_reason`, Linux 6.7). */
export const isDatapathReason = (event: Event): boolean => hasReason(event, /^OVS_DROP_/);

/**
 * `do_output` frees so what is for a port that is gone, or whose device is down or has no carrier;
 * where it is inlined its caller is told. The packet is still on the device that it came in by.
 */
export const isOutputNotReady = (event: Event): boolean =>
  hasReason(event, /^DEV_READY$/) &&
  freedIn(event, /^(do_output|do_execute_actions|ovs_execute_actions)\b/);

/**
 * The same before `do_output` gave reasons (6.1 with its later corrections), or another end in these
 * functions: an action failed, or they were nested too deep.
 */
export const isOutputUntold = (event: Event): boolean =>
  !givesReason(event) && freedIn(event, /^(do_output|do_execute_actions|ovs_execute_actions)\b/);

/** Connection tracking, as an action asked for it, did not take the packet (before 6.7). */
export const isRefusedByConntrackAction = (event: Event): boolean =>
  !givesReason(event) && freedIn(event, /^ovs_ct_execute\b/);

/** Freed without a reason by any other function of the datapath that takes packets. */
export const isRefusedInDatapath = (event: Event): boolean =>
  !givesReason(event) &&
  freedIn(event, /^(ovs_vport_send|ovs_vport_receive|ovs_fragment|ovs_packet_cmd_execute)\b/);

/**
 * No flow of the kernel's matched, and `ovs_dp_upcall` did not get the packet to ovs-vswitchd. What
 * it got there the datapath frees as consumed.
 */
export const isRefusedUpcall = (event: Event): boolean =>
  !givesReason(event) && freedIn(event, /^ovs_dp_process_packet\b/);

/**
 * Handed to ovs-vswitchd, because no flow of the kernel's matched: what it makes of the packet comes
 * back in another skb, or not at all.
 */
export const isUpcall = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^(ovs_dp_process_packet|ovs_dp_upcall)\b/);

/**
 * Since Linux 6.7 the datapath frees as a drop what flows or a meter drop, and before as done with.
 * `kernel` is a release as `uname -r` prints it.
 */
export const tellsFlowDrops = (kernel: string): boolean => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 7);
};

/**
 * `ovs_vport_send` frees without a reason what is larger than the MTU of the port that it is for, and
 * what is Ethernet where the port's device is not, or the other way round. What it put together of
 * fragments `do_output` compares itself, and says so from 6.3 on.
 */
export const isOutputTooLarge = (event: Event): boolean =>
  (!givesReason(event) && freedIn(event, /^ovs_vport_send\b/)) ||
  (hasReason(event, /^PKT_TOO_BIG$/) &&
    freedIn(event, /^(do_output|do_execute_actions|ovs_execute_actions)\b/));
