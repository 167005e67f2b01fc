/** A packet that Open vSwitch handed to OVN's controller, which does not send it on. */
import { isDoneWithActions } from "../../kernel/openvswitch.ts";
import { endsDoneWith } from "../../view/datapath_flows.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { evidenceOf } from "./flow_words.ts";
import { floodingOf } from "./flooding.ts";
import { matchingFlows } from "./matching_flow.ts";
import { decisionOf } from "./named_flow.ts";

/** A last action that hands a packet up frees it as done with, whatever it was handed up for. */
export const openvswitchHandedUp: Rule = {
  id: "R159",
  statement:
    "Freed as done with by the datapath's actions, where all flows read of the datapath afterwards " +
    "that the packet fits send it to no port (before Linux 6.7 also by a drop, or by a meter), and hand it to ovs-vswitchd at most as a sample, because " +
    "its TTL ran out (`OFPR_INVALID_TTL`), or because an ACL of OVN logs what it does or rejects the packet, and come from one table: " +
    "`openvswitch-drop`, dropped, with that ACL or flow, proven. A cookie in the flow of the datapath tells which flow of " +
    "the bridge asked for the controller. A controller that has a packet for another reason may send " +
    "it on, as for an unknown neighbour or a DHCP request: nothing is said then, and the gap is that " +
    "it was handed up.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, judgement, node } = subject;
    if (judgement.outcome !== "dropped" || !isDoneWithActions(event)) return null;
    const matching = matchingFlows(subject, (flow) => endsDoneWith(flow, node.header.kernel));
    const decision = matching && (floodingOf(subject, matching) ?? decisionOf(matching));
    return cause(
      "openvswitch-drop",
      "proven",
      `Open vSwitch sent it to no port, as it came in by ${place(subject)}: ${
        decision?.sentence ??
          "its flows hand it to the controller for an ACL, for want of TTL, or as a sample, alone"
      }`,
      [
        eventEvidence(subject),
        ...(matching?.flows ?? []).slice(0, 3).flatMap((flow) => evidenceOf(subject, flow)),
      ],
      decision?.remedy ?? [],
    );
  },
};
