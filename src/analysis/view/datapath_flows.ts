/** Which flows of Open vSwitch's datapath a packet may have matched, by what was read of it. */
import { altered } from "../../event/altered.ts";
import {
  actionsEnd,
  handingCookies,
  handingsIn,
  handsUpForTtl,
} from "../../event/openvswitch_actions.ts";
import type { NetnsState } from "../../event/state.ts";
import type { DatapathFlow, OpenvSwitchStep } from "../../event/state_openvswitch.ts";
import { tellsFlowDrops } from "../kernel/openvswitch.ts";
import { fits, fitsAlone } from "./flow_fits.ts";
import { gapsOf } from "./state_view.ts";
import type { Sighting } from "./timeline.ts";

/** Flows that the packet may have matched, and whether it may have been one that is not among them. */
export interface Matching {
  state: NetnsState;
  flows: DatapathFlow[];
  /** All that the datapath had of their kind were read, so soon after the packet that none was gone. */
  isComplete: boolean;
}

/** A packet in the datapath, and what was read of the namespace before and after. */
export interface InDatapath {
  event: Sighting;
  /** Port that it came in by. */
  device: string;
  /** The sighting that had its tunnel still around it. */
  tunnel: Sighting | undefined;
  before: NetnsState | null;
  after: NetnsState | null;
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
export function flowsThatFit(
  { event, device, tunnel, before, after }: InDatapath,
  isOfKind: (flow: DatapathFlow) => boolean,
  /** The sighting is from before the datapath: connection tracking may have translated it in there. */
  isBefore = false,
): Matching | null {
  const state = after?.openvswitch?.losing ? after : before;
  const losing = state?.openvswitch?.losing;
  if (!state || losing === undefined) return null;
  const packet = altered(event, { device });
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

/** The packet met this flow and no other: all that it looks at is known. `received` had its addresses. */
export const metAlone = ({ match }: DatapathFlow, received: Sighting): boolean =>
  received.tunnelId === undefined && fitsAlone(match, received);

/** Also one that drops some of what it is given, as what is too large. */
export const drops = ({ actions }: DatapathFlow): boolean => actionsEnd(actions) === "dropped";

/** A meter may take what it is given. */
export const isMetered = ({ actions }: DatapathFlow): boolean => /\bmeter\(/.test(actions);

/** ovs-vswitchd has the packet then, and no port. */
export const handsUp = ({ actions }: DatapathFlow): boolean => actionsEnd(actions) === "handed-up";

/**
 * What this kernel frees as done with after the actions of a flow: the last one took a copy. One that
 * does not tell what flows and meters drop frees all of that so.
 */
export const endsDoneWith = (flow: DatapathFlow, kernel: string): boolean =>
  handsUp(flow) ||
  drops(flow) && /\b(userspace|sample|psample)\(/.test(flow.actions) &&
    !/\bdrop\b/.test(flow.actions) ||
  !tellsFlowDrops(kernel) && (drops(flow) || isMetered(flow));

/** A flow hands the packet up, and nobody will send it on: for an ACL of OVN, or because its TTL ran out. */
export const endsByController = (flow: DatapathFlow): boolean =>
  handsUp(flow) && (handsUpForTtl(flow.actions) || endsByAcl(flow));

/**
 * A flow hands the packet up, and nobody will send it on: OVN's ACLs call the controller to log what
 * they do, or to answer what they reject, and not one other flow of those that made it calls for one.
 */
function endsByAcl(flow: DatapathFlow): boolean {
  const { actions, steps = [] } = flow;
  if (!handsUp(flow)) return false;
  const cookies = handingCookies(actions);
  return cookies.length === handingsIn(actions) &&
    cookies.every((cookie) => steps.some((step) => step.cookie === cookie && isAcls(step)));
}

/** It was made of an ACL, or is the table that does what ACLs decided. */
const isAcls = ({ logical }: OpenvSwitchStep): boolean =>
  logical !== undefined && (logical.acl !== undefined || /_acl_action$/.test(logical.stage));
