/** Which flow of the datapath a packet matched, by what was read of it. */
import { altered } from "../../../event/altered.ts";
import type { NetnsState } from "../../../event/state.ts";
import type { DatapathFlow } from "../../../event/state_openvswitch.ts";
import { gapsOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { fits } from "./fits.ts";

/** Flows that the packet may have matched, and whether it may have been one that is not among them. */
export interface Matching {
  state: NetnsState;
  flows: DatapathFlow[];
  /** All that the datapath had of their kind were read, so soon after the packet that none was gone. */
  isComplete: boolean;
}

/** Milliseconds that a flow lives after its last packet, where `max-idle` says nothing else. */
const IDLE_MS = 10_000;

/** How many flows a probe tells at most: there may be more. */
const FLOWS_TOLD_MAX = 256;

/**
 * Flows of one kind that the packet fits, as far as it is known: the kernel does not tell what
 * connection tracking said of it, nor how often it came back from there. A packet makes its flow, so
 * that the state after it has it. Null where no flows were read.
 */
export function matchingFlows(
  subject: Case,
  isOfKind: (flow: DatapathFlow) => boolean,
  /** The sighting is from before the datapath: connection tracking may have translated it in there. */
  isBefore = false,
): Matching | null {
  const { before, after, event, device } = subject;
  const state = after?.openvswitch?.losing ? after : before;
  const losing = state?.openvswitch?.losing;
  if (!state || losing === undefined) return null;
  const packet = altered(event, { device });
  const tunnel = event.tunnelId === undefined ? lastInTunnel(subject) : event;
  // It translates one end, and comes back to the flows as recirculated.
  const [from, to] = [
    { source: undefined, sourcePort: undefined },
    { destination: undefined, destinationPort: undefined },
  ].map((unknown) => altered(packet, unknown));
  const formsOf = ({ match }: DatapathFlow) =>
    isBefore && !/\brecirc_id\(0\)/.test(match) ? [packet, from!, to!] : [packet];
  const isAfter = BigInt(state.timeNs) >= event.timeNs;
  const isSoon = BigInt(state.untilNs ?? state.timeNs) - event.timeNs <
    BigInt(state.openvswitch?.idleMs ?? IDLE_MS) * 1_000_000n;
  return {
    state,
    flows: losing.filter((flow) =>
      isOfKind(flow) && formsOf(flow).some((form) => fits(flow.match, form, tunnel))
    ),
    isComplete: isAfter && isSoon && losing.length < FLOWS_TOLD_MAX &&
      gapsOf(state, ["openvswitch"]).length === 0,
  };
}

/** The sighting on this node that still had the tunnel around it. */
const lastInTunnel = ({ judgement, node }: Case): Sighting | undefined =>
  judgement.steps.map((step) => step.event)
    .filter((event) => event.node === node && event.tunnelId !== undefined).at(-1);

/** Also one that drops some of what it is given, as what is too large. */
export const drops = ({ actions }: DatapathFlow) => actions === "" || /\bdrop\b/.test(actions);

/** A meter may take what it is given. */
export const isMetered = ({ actions }: DatapathFlow) => /\bmeter\(/.test(actions);

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
