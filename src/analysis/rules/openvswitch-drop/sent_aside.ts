/** A packet that Open vSwitch sent to nobody whom it is for: to a mirror, or to a bridge's own device. */
import { sendsAloneTo } from "../../../event/openvswitch_actions.ts";
import { isOutputNotReady, isOutputUntold } from "../../kernel/openvswitch.ts";
import { drops } from "../../view/datapath_flows.ts";
import { mirrorDevices, ownDevices } from "../../view/mirrors.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { floodingOf } from "./flooding.ts";
import { evidenceOf } from "./flow_words.ts";
import { matchingFlows } from "./matching_flow.ts";
import { decisionOf } from "./named_flow.ts";

/**
 * The kernel tells of no drop: it sent the packet itself there. Where the bridge's own device is down it
 * tells of that device (R118), which is not whom the packet was for.
 */
export const openvswitchSentAside: Rule = {
  id: "R163",
  title: "No port has it but a mirror's, or the bridge's own device",
  statement:
    "By all flows read of the datapath afterwards that the packet fits, Open vSwitch sent it to the output " +
    "ports of mirrors, or to bridges' own devices with another link address than the frame's, alone: so it " +
    "is dropped where it came in (O4), or freed because such a device is not ready: `openvswitch-drop`, " +
    "with the flow of a bridge that drops it, where they come from one table. Where the action NORMAL " +
    "flooded it, because the bridge knows no port for its link address: with the port that leads there and " +
    "does not carry its VLAN. Proven as R117 is, else likely. What else looks like it: a copy for its " +
    "destination that was not seen; so nothing is said where an event may be missing.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, judgement } = subject;
    const isKept = judgement.outcome === "dropped" && event.kind === "device-rx";
    const isNotReady = event.kind === "drop" && (isOutputNotReady(event) || isOutputUntold(event));
    if (!isKept && !isNotReady) return null;
    const matching = matchingFlows(subject, () => true);
    if (!matching || matching.flows.length === 0) return null;
    const { state, flows, isComplete } = matching;
    const mac = frameOf(subject)?.destinationMac;
    const mirrors = mirrorDevices(state);
    const aside = new Set([...mirrors, ...ownDevices(state, mac)]);
    const ends = flows.every((flow) =>
      (isKept && drops(flow)) || sendsAloneTo(flow.actions, aside)
    );
    if (!ends) return null;
    const flooding = floodingOf(subject, matching);
    // By its own decision a flow may well lead to a device that is down: R118 says that.
    if (isNotReady && !flooding) return null;
    const decision = flooding ?? decisionOf(matching);
    const where = flows.some((flow) => sendsAloneTo(flow.actions, mirrors))
      ? "a mirror"
      : "the bridge's own device";
    return cause(
      "openvswitch-drop",
      isComplete ? "proven" : "likely",
      `Open vSwitch sent it to ${where} alone, as it came in by ${place(subject)}: ${
        decision?.sentence ?? "its flows lead to no other port"
      }`,
      [
        eventEvidence(subject),
        ...flooding?.evidence ?? [],
        ...flows.slice(0, 3).flatMap((flow) => evidenceOf(subject, flow)),
      ],
      decision?.remedy ?? [],
    );
  },
};
