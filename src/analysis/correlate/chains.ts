/** Sightings to chains: what one skb did on one node, from its making to its end. Rule C2. */
import { isDeviceKind, KINDS } from "../../event/kinds.ts";
import {
  conntrackForm,
  formKey,
  formOf,
  invariants,
  isHousekeeping,
  isIcmpError,
} from "./identity.ts";
import { isDropBeforeSending, isFree, isSolicitationCopy, isTapCopy } from "../kernel/frees.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { TCP } from "../kernel/protocols.ts";
import type { Event } from "../../event/event.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/** Sightings of one packet in one skb on one node. */
export interface Chain {
  node: NodeView;
  /** In the order of the node's clock; at least one. */
  events: Sighting[];
  /** What no hop changes of the packet, as `invariants` spells it. */
  invariants: string;
}

/**
 * What an event is of: a packet that is followed, something that causes rest on (ARP, neighbour discovery,
 * ICMP errors, lookups, neighbour changes), or neither.
 */
export function claimOf(event: Event): "packet" | "evidence" | "unclaimed" {
  if (KINDS[event.kind].role === "aside") return "evidence";
  if (event.network === undefined || event.skb === undefined) return "unclaimed";
  // Whoever writes such a line is no probe of ours; nothing can be said of a packet to nowhere.
  if (event.source === undefined || event.destination === undefined) return "unclaimed";
  return isHousekeeping(event) || isIcmpError(event) ? "evidence" : "packet";
}

/** All packets' events of one node, as chains in the order in which they began. */
export const chainsOf = (node: NodeView): Chain[] =>
  chainsAmong(node, node.events.filter((event) => claimOf(event) === "packet"));

/**
 * Events of packets of one node, in the order of time, as chains in the order in which they began.
 * Which other packets are among them makes no difference: the events of one packet are enough.
 *
 * [C2] A chain goes on while the skb's address and the packet's invariants are the same, until the
 * kernel frees it. Coming to the same point again with the same TTL is another packet in a reused
 * skb; with a lower one it is a loop.
 */
export function chainsAmong(node: NodeView, events: readonly Sighting[]): Chain[] {
  // The key has the invariants, so that another packet in the same skb ends no chain.
  const open = new Map<string, { chain: Chain; points: Map<string, number> }>();
  const chains: Chain[] = [];
  for (const event of events) {
    const same = invariants(event);
    const key = `${event.skb} ${same}`;
    const current = open.get(key);
    const isSame = current && goesOn(current, event) &&
      couldBecome(current.chain.events.at(-1)!, event);
    const entry = isSame
      ? current
      : { chain: { node, events: [], invariants: same }, points: new Map<string, number>() };
    if (!isSame) chains.push(entry.chain);
    entry.chain.events.push(event);
    if (isDeviceHop(event)) entry.points.set(pointOf(event), event.ttl ?? 0);
    if (isFree(event)) open.delete(key);
    else open.set(key, entry);
  }
  return chains;
}

/** A key: where in the node an event happened, equal for a second visit of the same point. */
export function pointOf(event: Sighting): string {
  return `${event.kind} ${event.netns ?? ""} ${event.ifindex ?? ""} ${event.tunnelKind ?? ""} ${
    event.tunnelDestination ?? ""
  }`;
}

const isDeviceHop = (event: Sighting) => isDeviceKind(event.kind);

/**
 * The point that a packet cannot have been at before this event, or null: a packet that dies on its
 * way to a device's driver was not sent by that device.
 */
export function excludes(event: Sighting): string | null {
  return isDropBeforeSending(event) ? pointOf({ ...event, kind: "device-tx" }) : null;
}

/** The packet was not yet at the event's point, or with a higher TTL, which is a loop. */
function goesOn(current: { chain: Chain; points: Map<string, number> }, event: Sighting): boolean {
  if (isRefusedUnsent(event, current.chain.events.at(-1)!)) return false;
  const point = isDeviceHop(event) ? pointOf(event) : excludes(event);
  if (point === null) return true;
  const ttl = current.points.get(point);
  return ttl === undefined || (event.ttl ?? 0) < ttl;
}

/**
 * [C10] netfilter refused a packet that has no link header yet, in an skb that the same device has
 * sent: it is another packet, which the node made in reused memory.
 */
const isRefusedUnsent = (event: Sighting, before: Sighting) =>
  before.kind === "device-tx" && before.destinationMac !== undefined &&
  unsentPoint(event) === pointOf(before);

/**
 * The point of the device that the packet was for, when netfilter refused it before it had a link
 * header; else null. It has none on its way out, and where devices have no link header at all.
 */
export const unsentPoint = (event: Sighting): string | null =>
  event.destinationMac === undefined && event.tunnelKind === undefined && isNetfilterDrop(event)
    ? pointOf({ ...event, kind: "device-tx" })
    : null;

/**
 * Whether the packet of one event can be that of a later one in the same skb, by its tuple. NAT
 * changes a tuple between receive and transmit, never between a device and the next one; it does not
 * exchange source and destination, and conntrack tells when it changes both. Any other change means
 * another packet of the same size in a reused skb.
 */
function couldBecome(before: Sighting, event: Sighting): boolean {
  if (isCopy(event)) return false;
  // A socket's reader is the last to have the skb, and no event tells that it frees it.
  if (before.kind === "deliver" && isDeviceHop(event)) return false;
  const [old, now] = [formOf(before), formOf(event)];
  const sameSource = old.source === now.source && old.sourcePort === now.sourcePort;
  const sameDestination = old.destination === now.destination &&
    old.destinationPort === now.destinationPort;
  if (sameSource && sameDestination && old.icmpId === now.icmpId) return true;
  // Sequence numbers are among TCP's invariants, which no other packet shares.
  if (event.protocol === TCP && old.source !== now.destination) return true;
  // One exception: where a bridge calls iptables, the packet is translated after the port has
  // received it and before the bridge itself does, in the same namespace.
  const isOnward = event.kind === "device-rx" &&
    (before.kind !== "device-rx" || before.netns !== event.netns);
  if (isOnward) return false;
  const origin = conntrackForm(event);
  // Two pings send the same sequence numbers, so their ids must be equal, unless conntrack says that
  // it changed the id.
  if ((sameSource || sameDestination) && old.icmpId === now.icmpId) return true;
  return origin !== null && formKey(origin) === formKey(conntrackForm(before) ?? old);
}

/** Taps and neighbour solicitations free a clone, whose skb is not the packet's. */
const isCopy = (event: Sighting) => isSolicitationCopy(event) || isTapCopy(event);
