/** A packet that the datapath's actions ended with, of which no flow was read in time. */
import type { NetnsState } from "../../../event/state.ts";
import { isDoneWithActions, tellsFlowDrops } from "../../kernel/openvswitch.ts";
import { endsDoneWith } from "../../view/datapath_flows.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { matchingFlows } from "./matching_flow.ts";
import { traceRemedy } from "./trace_remedy.ts";

/** A flow is gone ten seconds after its last packet, so a busy node may read it too late. */
export const openvswitchDoneUntold: Rule = {
  id: "R177",
  statement:
    "Freed as done with by the datapath's actions, on a kernel that frees so what flows drop (before " +
    "Linux 6.7), where no port was seen to have it, no bridge has a controller, nor any of them a " +
    "manager that is known, and no flow that the packet fits was read in time (R158, R159): " +
    "`openvswitch-drop`, likely, without the flow. Where flows were read in time and none of them " +
    "loses it, or a controller may have got it, nothing is said. The outcome stays `unknown`.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, judgement, node } = subject;
    if (judgement.outcome !== "unknown" || judgement.gap?.code !== "only-copies-seen") return null;
    const { kernel } = node.header;
    if (!isDoneWithActions(event) || tellsFlowDrops(kernel)) return null;
    if (!hasNoController(subject)) return null;
    const matching = matchingFlows(subject, (flow) => endsDoneWith(flow, kernel));
    if (matching !== null && (matching.isComplete || matching.flows.length > 0)) return null;
    return cause(
      "openvswitch-drop",
      "likely",
      `Open vSwitch ended with it and sent it to no port, as it came in by ${
        place(subject)
      }: its flows end in a drop, or none matched and the bridge is in secure mode`,
      [
        eventEvidence(subject),
        stateEvidence(node, "no flow of its datapath was read in time that loses this packet"),
      ],
      traceRemedy(subject),
    );
  },
};

/** Both readings know Open vSwitch, as far as there are two, and nobody whom it may ask. */
function hasNoController({ before, after }: Case): boolean {
  const states = [before, after].flatMap((state: NetnsState | null) => state?.openvswitch ?? []);
  return states.length > 0 &&
    states.every(({ bridges, managers }) =>
      managers.length === 0 && bridges.every(({ controllers }) => controllers.length === 0)
    );
}
