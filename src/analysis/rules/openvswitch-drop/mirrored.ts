/** A packet of which Open vSwitch sent a copy to a mirror, and nothing else. */
import { drops } from "../../view/datapath_flows.ts";
import { mirrorDevices } from "../../view/mirrors.ts";
import { sendsAloneTo } from "../../../event/openvswitch_actions.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { evidenceOf } from "./flow_words.ts";
import { matchingFlows } from "./matching_flow.ts";
import { decisionOf } from "./named_flow.ts";

/** The kernel tells of no drop: it sent the packet itself to the mirror. */
export const openvswitchMirrored: Rule = {
  id: "R163",
  title: "Only a mirror has it",
  statement:
    "Open vSwitch sent the packet to the output ports of mirrors alone, by all flows read of the datapath " +
    "afterwards that it fits, so that it is dropped where it came in (O4): `openvswitch-drop`, proven, with " +
    "the flow of a bridge that drops it, where they come from one table. What else looks like it: a copy " +
    "for its destination that was not seen; so nothing is said where an event may be missing.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, judgement } = subject;
    if (judgement.outcome !== "dropped" || event.kind !== "device-rx") return null;
    const matching = matchingFlows(subject, () => true);
    if (!matching || matching.flows.length === 0) return null;
    const mirrors = mirrorDevices(matching.state);
    if (!matching.flows.every((flow) => drops(flow) || sendsAloneTo(flow.actions, mirrors))) {
      return null;
    }
    const decision = decisionOf(matching);
    return cause(
      "openvswitch-drop",
      "proven",
      `Open vSwitch sent it to a mirror alone, as it came in by ${place(subject)}: ${
        decision?.sentence ?? "its flows lead to no other port"
      }`,
      [
        eventEvidence(subject),
        ...matching.flows.slice(0, 3).flatMap((flow) => evidenceOf(subject, flow)),
      ],
      decision?.remedy ?? [],
    );
  },
};
