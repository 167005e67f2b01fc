/** What the last sighting of a copy says about the copy. Rules O1 to O4. */
import { isDeviceKind, KINDS, type LastSeen } from "../../event/kinds.ts";
import { AF_PACKET } from "../../event/lift.ts";
import { isMeantHere, isOfThisNode } from "../correlate/flood.ts";
import type { Step } from "../correlate/steps.ts";
import { receivesUntraced } from "../kernel/devices.ts";
import {
  isAnothersFrame,
  isBareSegment,
  isBroadcastForOthers,
  isFreedFromSocket,
  isReadByTunProgram,
  isRoutineDrop,
  isSideCopy,
  isSolicitationCopy,
  isTakenByProtocol,
  isUnexplainedTcpDrop,
  isUnreadEcho,
} from "../kernel/frees.ts";
import { isUpcall } from "../kernel/openvswitch.ts";
import { isUntoldListFree } from "../kernel/queues.ts";
import { isHandedOnByXdp } from "../kernel/xdp.ts";
import {
  isKeptByDummy,
  isRefusedByIpvlan,
  isRefusedByWireguard,
} from "../kernel/refusing_devices.ts";
import { isFreedByTunnelSender } from "../kernel/tunnels.ts";
import { ask } from "../view/asked.ts";
import { isMulticast } from "../view/address.ts";
import { acceptsAddress, linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { isAnsweredEcho6 } from "./answered_echo.ts";
import { toMirror } from "./asides.ts";
import { isLeftToDhcp, isReadByDhcp } from "./dhcp.ts";

/** What the last sighting of a copy means. */
export type EndKind =
  /** A socket, or the stack that answers for one, took it. */
  | "delivered"
  /** Taken by the stack of its destination without any sign of a drop. */
  | "taken"
  /** Freed as a drop. */
  | "dropped"
  /** Freed, as a drop or not, without any loss of a packet. */
  | "routine"
  /** Freed as another host's, flooded by a bridge of the node that its way ends at. */
  | "flooded"
  /** Handed to a device; nothing after that. */
  | "left"
  /** Received by a device; nothing after that. */
  | "silent"
  /** Held for want of its next hop's link address, as far as was seen. */
  | "waiting";

/** How one copy of a packet ended, as far as was seen. */
export interface End {
  kind: EndKind;
  /** Its last sighting. */
  step: Step;
  /** It was where the packet's destination lives. */
  atDestination: boolean;
}

/** How the copy ended that nothing follows after this step. */
export function endOf(step: Step): End {
  const { event } = step;
  const state = stateAt(event.node, event.netns ?? lastNetns(step), event.at);
  const above = event.netns === undefined && step.previous !== null && ownedAbove(step.previous);
  const atDestination = event.tunnelKind === undefined &&
    (above || acceptsAddress(state, event.destination ?? ""));
  return { kind: kindOf(step, atDestination), step, atDestination };
}

/** The last namespace that the copy was seen in on the node of this step. */
function lastNetns(step: Step): number | undefined {
  for (let at: Step | null = step; at; at = at.previous) {
    if (at.event.node !== step.event.node) return undefined;
    if (at.event.netns !== undefined) return at.event.netns;
  }
  return undefined;
}

function kindOf(step: Step, atDestination: boolean): EndKind {
  const kind = ENDINGS[KINDS[step.event.kind].lastSeen](step, atDestination);
  // [O4] Whoever looks at a mirror has copies alone, whatever becomes of them there.
  return LIVING_ON.has(kind) && toMirror(step) ? "routine" : kind;
}

/** Ends that would speak for a packet that went nowhere else. */
const LIVING_ON: ReadonlySet<EndKind> = new Set([
  "dropped",
  "flooded",
  "left",
  "silent",
  "waiting",
]);

/** How a copy ended, by what its last sighting is. */
const ENDINGS: Record<LastSeen, (step: Step, atDestination: boolean) => EndKind> = {
  "handed-on": () => "left",
  received,
  dropped: freedAsDrop,
  "done-with": consumed,
  read: wasRead,
  waits: () => "waiting",
  nothing: () => "routine",
};

/** [O1] A program read it; that of a packet socket read a copy, if it was no client of DHCP. */
function wasRead(step: Step): EndKind {
  return step.event.socketFamily === AF_PACKET && !isReadByDhcp(step) ? "routine" : "delivered";
}

function freedAsDrop(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  if (isSideCopy(event) || isBroadcastForOthers(event) || isLeftToDhcp(event)) return "routine";
  if (isAnsweredEcho6(event)) return "delivered";
  if (isFreedFromSocket(event)) {
    const hadIt = wasSeenOnDevice(step) || (atDestination && isUnreadEcho(event));
    return hadIt ? "delivered" : "routine";
  }
  if (isAnothersFrame(event) && !isMeantHere(event, sentBefore(step))) {
    return isOfThisNode(sightingsHere(step)) ? "flooded" : "routine";
  }
  if (isUnexplainedTcpDrop(event)) {
    return atDestination && isBareSegment(event) ? "taken" : "routine";
  }
  const isRoutine = isRoutineDrop(event) ||
    (isUntoldListFree(event) && isPart(step, atDestination));
  return isRoutine ? (atDestination ? "taken" : "routine") : "dropped";
}

/**
 * [O2] Kernels without reasons free in one function what a queue gives back and the parts of a packet that was
 * put together. A queue's was to be sent from here: it passed a device as it is, or this host made it.
 */
function isPart(step: Step, atDestination: boolean): boolean {
  const { event } = step;
  if (atDestination) return true;
  const state = stateAt(event.node, event.netns ?? lastNetns(step), event.at);
  return !wasSeenOnDevice(step) && !acceptsAddress(state, event.source ?? "");
}

/** [O17] The skb that was freed is one that passed a device: no clone that a socket was given. */
const wasSeenOnDevice = ({ chain }: Step) => chain.events.some(({ kind }) => isDeviceKind(kind));

/** The last transmission before a step, on whichever node. */
function sentBefore(step: Step): Sighting | null {
  for (let at = step.previous; at; at = at.previous) {
    if (at.event.kind === "device-tx") return at.event;
  }
  return null;
}

/** The step and those before it on the same node, the last first. */
function sightingsHere(step: Step): Sighting[] {
  const result: Sighting[] = [];
  for (let at: Step | null = step; at?.event.node === step.event.node; at = at.previous) {
    result.push(at.event);
  }
  return result;
}

/** How a copy ended that the kernel freed without a drop (`consume_skb`). */
function consumed(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  if (isSolicitationCopy(event)) return "waiting";
  if (isSideCopy(event) || isHandedOnByXdp(event)) return "routine";
  const { previous } = step;
  const before = previous?.event;
  // A program that reads packets without frames, as one of a VPN, sends them on; one that reads frames is a guest.
  if (isReadByTunProgram(event) && !atDestination && !hasFrame(step)) return "left";
  // Also where nothing is known of the namespace: a program has read it.
  if (before?.kind === "deliver" && before.skb === event.skb) return wasRead(previous!);
  const wasHandedOver = before?.kind === "device-tx" && before.skb === event.skb;
  if (wasHandedOver && (isFreedByTunnelSender(event) || isRefusedByIpvlan(event))) return "dropped";
  if (wasHandedOver && isKeptByDummy(event)) return keptByDummy(previous!);
  // A keepalive of wireguard still has the headers that it came with, and was received with them.
  if (isRefusedByWireguard(event) && before?.kind !== "device-rx") return "dropped";
  if (atDestination && isTakenByProtocol(event)) return "delivered";
  // An internal port of Open vSwitch is a device that was handed the packet, and has not sent it.
  if (isUpcall(event)) return "routine";
  // A driver frees a packet when the device has sent it.
  if (before?.kind === "device-tx") return "left";
  return atDestination ? "taken" : "routine";
}

/** The device that it was handed to last puts packets into frames. */
const hasFrame = (step: Step): boolean => sentBefore(step)?.destinationMac !== undefined;

/**
 * A dummy device has no other end. A route that leads there loses the packet; what a switch hands to such a port of
 * its own, or a filter to who listens there, is a copy; and what a bond or a device above hands on, or goes to a group, is as on any other device.
 */
function keptByDummy({ event, previous }: Step): EndKind {
  const { node, netns, at, ifindex, device, destination } = event;
  const state = stateAt(node, netns, at);
  const link = linkOf(state, ifindex, device);
  const master = linkOf(state, link?.masterIfindex)?.kind;
  if (master === "bridge" || master === "openvswitch" || !wasLowered(event, previous)) {
    return "routine";
  }
  const isRouted = link !== undefined && previous?.event.kind !== "device-tx" &&
    (link.masterIfindex === undefined || master === "vrf");
  return isRouted && destination !== undefined && !isMulticast(destination) ? "dropped" : "left";
}

/** A route lowers the TTL of what was received; what a filter of tc or a rule about frames hands on has the one it came with. */
const wasLowered = ({ ttl }: Sighting, previous: Step | null): boolean =>
  previous?.event.kind !== "device-rx" || ttl === undefined ||
  previous.event.ttl === undefined || ttl < previous.event.ttl;

/** [O3] Taken when it was received where its destination is, for this host, and not dropped. */
function received(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  if (event.tunnelKind !== undefined) return "silent";
  // Asked before the packet type: frames for a macvlan device have its MAC, and for the lower device,
  // which was seen to receive them, they are another host's.
  if (ownedAbove(step)) return "taken";
  if (event.packetType === "otherhost") return "silent";
  return atDestination && !isBridgePort(step) ? "taken" : "silent";
}

function isBridgePort(step: Step): boolean {
  const { event } = step;
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex);
  return link?.masterIfindex !== undefined && link.bridgePort !== undefined;
}

/**
 * A macvlan device or the like above the device of this step, in whichever namespace, has the
 * packet's destination. Such devices receive without a tracepoint of their own.
 */
const ownedAbove = ({ event }: Step): boolean =>
  ask(
    event.node.statesSource,
    `above ${event.ifindex} ${event.destinationMac} ${event.destination}`,
    () => isOwnedAbove(event),
  );

function isOwnedAbove(event: Sighting): boolean {
  for (const [, list] of event.node.states) {
    for (const link of list.at(-1)!.state.links) {
      if (!receivesUntraced(link.kind)) continue;
      // Of a device in another namespace iproute2 may not tell the lower one: then the MAC decides.
      const isLower = link.peerIfindex === event.ifindex;
      const isFor = link.mac !== undefined && link.mac === event.destinationMac;
      if (link.peerIfindex === undefined ? !isFor : !isLower) continue;
      if (event.destinationMac !== undefined && !isFor) continue;
      if (link.addresses.some((own) => own.address === event.destination)) return true;
    }
  }
  return false;
}

/**
 * [O4] Copies by how much their end tells of the packet: a copy of the first rank speaks for it
 * before all others.
 */
const RANKS = [
  "delivered",
  "taken",
  "dropped-at-destination",
  "lives-on",
  "dropped-on-the-way",
  "dropped-as-anothers",
  "received-as-anothers",
  "waiting",
  "flooded",
  "routine",
] as const;

function rankName({ kind, step: { event }, atDestination }: End): typeof RANKS[number] {
  switch (kind) {
    case "dropped":
      // Another host that has the address, too, may have got the frame that was for it.
      if (isAnothersFrame(event)) return "dropped-as-anothers";
      return atDestination ? "dropped-at-destination" : "dropped-on-the-way";
    case "left":
      return "lives-on";
    case "silent":
      return event.packetType === "otherhost" ? "received-as-anothers" : "lives-on";
    default:
      return kind;
  }
}

/** Place of a copy's end in the order in which copies speak for their packet; 0 is the first. */
export const rankOf = (end: End): number => RANKS.indexOf(rankName(end));
