/** Which flow of the datapath a case's packet matched. */
import type { DatapathFlow } from "../../../event/state_openvswitch.ts";
import { drops, flowsThatFit, isMetered, type Matching } from "../../view/datapath_flows.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** As `flowsThatFit`, for the packet where it ended. */
export function matchingFlows(
  subject: Case,
  isOfKind: (flow: DatapathFlow) => boolean,
  isBefore = false,
): Matching | null {
  const { event } = subject;
  const tunnel = event.tunnelId === undefined ? lastInTunnel(subject) : event;
  return flowsThatFit({ ...subject, tunnel }, isOfKind, isBefore);
}

/** The sighting on this node that still had the tunnel around it. */
const lastInTunnel = ({ judgement, node }: Case): Sighting | undefined =>
  judgement.steps.map((step) => step.event)
    .filter((event) => event.node === node && event.tunnelId !== undefined).at(-1);

/** Flows that a reason may come from. Other reasons are the datapath's own, whatever the flow. */
const KINDS: Readonly<Record<string, (flow: DatapathFlow) => boolean>> = {
  OVS_DROP_EXPLICIT: drops,
  OVS_DROP_EXPLICIT_WITH_ERROR: drops,
  OVS_DROP_LAST_ACTION: drops,
  OVS_DROP_METER: isMetered,
};

/** Flows that may have made the datapath drop the packet; null where its reason comes from none. */
export function flowsThatDrop(subject: Case): Matching | null {
  const isOfKind = KINDS[subject.event.reason ?? ""];
  return isOfKind ? matchingFlows(subject, isOfKind) : null;
}
