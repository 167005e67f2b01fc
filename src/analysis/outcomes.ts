/** What people are told of each outcome: the first part of docs/causes.md is made from it. */
import type { Outcome } from "../event/codes.ts";

/** One outcome, as docs/causes.md, `lasthop explain` and the page of causes tell it. */
export interface OutcomeText {
  outcome: Outcome;
  /** What has become of the packet: Markdown, one paragraph, as all of these. */
  means: string;
  /** What was seen or read that proves it. */
  knows: string;
  /** What whoever reads it does next. */
  remedy: string;
}

/** Every outcome, the good one first, then as bad as they are. */
export const OUTCOME_TEXTS: readonly OutcomeText[] = [
  {
    outcome: "delivered",
    means: "A socket, or the part of the stack that answers for one, took the packet.",
    knows:
      "It saw the packet at its destination with no drop after it where drops were watched, or " +
      "it saw a reply that can only follow delivery: the echo reply to that echo request, the " +
      "acknowledgement of those bytes. A TCP segment that was lost and sent again counts as " +
      "lost, but does not make its flow bad.",
    remedy:
      "Nothing in the network. If the application still fails, look at the reply's flow, and " +
      "then at the application.",
  },
  {
    outcome: "dropped",
    means: "A kernel freed the packet as a drop, and no other copy of it lived on.",
    knows:
      "The kernel's drop tracepoint told of it on a probed node, with the function and, from " +
      "Linux 5.17, the reason. Frees that every healthy exchange has (a clone's, a tap's, " +
      "duplicate acknowledgements) are not counted as drops.",
    remedy: "Read the cause, its evidence and the remedy.",
  },
  {
    outcome: "vanished",
    means: "The packet left one hop and never reached the next one, although that next one was " +
      "watched without a gap.",
    knows: "It saw the packet leave a device, knows by MAC, veth peer or address where it should " +
      "have come in, and both ends had all device and drop scripts attached and lost no event. " +
      "Without that proof the outcome is `unknown`.",
    remedy:
      "Look at what lies between the two hops: a switch, a cloud's security group or router, an " +
      "XDP program, a NIC. Put a probe on anything in between that can run one.",
  },
  {
    outcome: "unanswered",
    means: "The request was delivered, and no reply to it was ever sent.",
    knows: "The request was owed a reply (an echo request, a TCP SYN), it was delivered, and the " +
      "destination's sending side was watched without a gap for at least 0.9 s after it.",
    remedy: "Look at the destination host, not at the way: an application that does not accept, " +
      "`net.ipv4.icmp_echo_ignore_all`, a program that holds the packet.",
  },
  {
    outcome: "unknown",
    means: "The evidence can't tell what became of the packet, and the report names the gap.",
    knows:
      "One of these is true and is said beside the verdict: no probe watches the next hop, a " +
      "probe lost events, a script could not be attached, or the trace ended too soon after the " +
      "packet was last seen.",
    remedy:
      "Close the gap that is named: start a probe there (`lasthop probe`), narrow the filter so " +
      "that nothing is lost, trace for longer, or ask `lasthop doctor` why a script is missing.",
  },
  {
    outcome: "in-flight",
    means: "The packet is too young to judge.",
    knows:
      "It was last seen a moment ago, and the trace still runs. In a report of a trace that has " +
      "ended, no packet is in flight.",
    remedy: "Wait a second.",
  },
];
