/** A flow that drops what the kernel does not tell it frees. */
import { DATAPATH_KIND, isDoneWithActions } from "../../kernel/openvswitch.ts";
import type { DatapathFlow } from "../../../event/state_openvswitch.ts";
import { lastingGapOf } from "../../view/coverage.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { evidenceOf } from "./flow_words.ts";
import {
  drops,
  endsByController,
  endsDoneWith,
  handsUp,
  isMetered,
  metAlone,
} from "../../view/datapath_flows.ts";
import { matchingFlows } from "./matching_flow.ts";
import { floodingOf } from "./flooding.ts";
import { decisionOf } from "./named_flow.ts";

/** Linux before 6.7 frees it as done with, and before 6.3 says where to a kprobe alone. */
export const openvswitchUnseen: Rule = {
  id: "R158",
  statement:
    "Last seen as it came in by a port of Open vSwitch, on a kernel that does not tell what is done " +
    "with (before 6.3 without `--deep`), where the flows " +
    "read of the datapath that the packet fits drop and come from one table: `openvswitch-drop`, with " +
    "that flow, likely. The same of what the datapath's actions freed as done with (R159), where not " +
    "all flows were read in time. Of a flow after connection tracking one end of the packet may be " +
    "another. Where events were lost, so that it may have left unseen, it must fit one such flow in all that " +
    "the flow looks at. That it was dropped the kernel does not tell, so the outcome stays `unknown`.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    if (subject.judgement.outcome !== "unknown" || !endedUntold(subject)) return null;
    const { event, node } = subject;
    const isOfKind = (flow: DatapathFlow) =>
      isDoneWithActions(event)
        ? endsDoneWith(flow, node.header.kernel)
        : drops(flow) || isMetered(flow) || handsUp(flow);
    const matching = matchingFlows(subject, isOfKind, true);
    // A controller may send it on.
    if (matching?.flows.some((flow) => handsUp(flow) && !endsByController(flow))) return null;
    // What silence does not exclude, a flow does that the packet met and no other.
    const isMet = matching?.flows.length === 1 && metAlone(matching.flows[0]!, subject.event);
    if (subject.judgement.gap?.code === "events-lost" && !isMet) return null;
    const decision = matching && (floodingOf(subject, matching) ?? decisionOf(matching));
    if (!decision) return null;
    return cause(
      "openvswitch-drop",
      "likely",
      `it came in by ${place(subject)} and was not seen to leave: ${decision.sentence}`,
      [
        eventEvidence(subject),
        ...matching.flows.slice(0, 3).flatMap((flow) => evidenceOf(subject, flow)),
      ],
      decision.remedy,
    );
  },
};

/** It was not seen to leave, for what it is worth. */
const SILENT: ReadonlySet<string> = new Set(["held-silently", "events-lost"]);

/** A port of the datapath had it, and what is freed there is not told, or as done with. */
function endedUntold({ event, before, link, judgement }: Case): boolean {
  if (isDoneWithActions(event)) return true;
  if (event.kind !== "device-rx" || !SILENT.has(judgement.gap?.code ?? "")) return false;
  const master = before?.links.find(({ ifindex }) => ifindex === link?.masterIfindex);
  return master?.kind === DATAPATH_KIND &&
    lastingGapOf(event.node, ["consume"])?.code === "script-not-attached";
}
