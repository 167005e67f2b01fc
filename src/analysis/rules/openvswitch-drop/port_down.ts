/** Which port Open vSwitch sent a packet to, that can't send. */
import type { DatapathFlow } from "../../../event/state_openvswitch.ts";
import { isOutputNotReady, isOutputUntold } from "../../kernel/openvswitch.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { downEnds, upRemedy } from "../shared/carrier.ts";
import { matchingFlows } from "./matching_flow.ts";

/** The port of the flow that the packet fits. */
export const openvswitchPortDown: Rule = {
  id: "R118",
  statement:
    "Freed in Open vSwitch's output because a device is not ready (R114), where the flows read of " +
    "the datapath that the packet fits send to one device that is down: `openvswitch-drop`, with " +
    "that device. Proven as R117 is, else likely. Likely, too, where the kernel frees there without a " +
    "reason, which it also does when an action fails.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, node, netns } = subject;
    const isTold = isOutputNotReady(event);
    if (event.kind !== "drop" || !(isTold || isOutputUntold(event))) return null;
    const matching = matchingFlows(subject, () => true);
    if (!matching) return null;
    const { state, flows, isComplete } = matching;
    const outputs = (flow: DatapathFlow) =>
      state.links.filter(({ name }) => flow.actions.split(",").includes(name))
        .filter((link) => downEnds(subject, link).length > 0);
    const down = new Set(flows.flatMap(outputs));
    const [link] = down;
    if (link === undefined || down.size > 1) return null;
    const ends = downEnds(subject, link);
    const bridge = state.openvswitch?.bridges.find(({ ports }) =>
      ports.some(({ device }) => device === link.name)
    );
    return cause(
      "openvswitch-drop",
      isTold && isComplete ? "proven" : "likely",
      `Open vSwitch had a packet from ${place(subject)} for ${placeOf(node, netns, link.name)}${
        bridge === undefined ? "" : `, a port of bridge ${bridge.name}`
      }, which ${link.flags.includes("UP") ? "has no carrier" : "is down"}`,
      [
        eventEvidence(subject),
        ...flows.filter((flow) => outputs(flow).length > 0).slice(0, 3).map(({ match, actions }) =>
          stateEvidence(node, `flow of the datapath: ${match}, actions ${actions}`)
        ),
        ...ends.map((end) =>
          stateEvidence(
            end.node,
            `${end.where}: flags ${end.link.flags.join(",")}, state ${end.link.operstate}`,
          )
        ),
      ],
      upRemedy(ends),
    );
  },
};
