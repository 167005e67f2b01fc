/** Sightings to chains: what one skb did on one node, from its making to its end. Rule C2. */
import {
  conntrackForm,
  formKey,
  formOf,
  invariants,
  isHousekeeping,
  isIcmpError,
  TCP,
} from "./identity.ts";
import { isDropBeforeSending, isFree, isSolicitationCopy, isTapCopy } from "../kernel/frees.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

export interface Chain {
  node: NodeView;
  /** In time order; at least one. */
  events: Sighting[];
  invariants: string;
}

export interface ChainedNode {
  chains: Chain[];
  /** ARP, neighbour discovery, ICMP errors, lookups, neighbour changes: what causes rest on. */
  evidence: Sighting[];
  /** Events of no packet that could be understood. */
  unclaimed: number;
}

/**
 * [C2] A chain goes on while the skb's address and the packet's invariants are the same, until the
 * kernel frees it. Coming to the same point again with the same TTL is another packet in a reused
 * skb; with a lower one it is a loop.
 */
export function chainsOf(node: NodeView): ChainedNode {
  // Other packets in the same memory are not looked at: of two shards of an incident each has some.
  const open = new Map<string, { chain: Chain; points: Map<string, number> }>();
  const result: ChainedNode = { chains: [], evidence: [], unclaimed: 0 };
  for (const event of node.events) {
    if (event.kind === "route" || event.kind === "neighbour") {
      result.evidence.push(event);
      continue;
    }
    if (event.network === undefined || event.skb === undefined) {
      result.unclaimed++;
      continue;
    }
    if (isHousekeeping(event) || isIcmpError(event)) {
      result.evidence.push(event);
      continue;
    }
    const same = invariants(event);
    const key = `${event.skb} ${same}`;
    const current = open.get(key);
    const isSame = current && goesOn(current, event) &&
      couldBecome(current.chain.events.at(-1)!, event);
    const entry = isSame
      ? current
      : { chain: { node, events: [], invariants: same }, points: new Map<string, number>() };
    if (!isSame) result.chains.push(entry.chain);
    entry.chain.events.push(event);
    if (isDeviceHop(event)) entry.points.set(pointOf(event), event.ttl ?? 0);
    if (isFree(event)) open.delete(key);
    else open.set(key, entry);
  }
  return result;
}

/** Where in the node an event happened, to tell a second visit from the first. */
export function pointOf(event: Sighting): string {
  return `${event.kind} ${event.netns ?? ""} ${event.ifindex ?? ""} ${event.tunnelKind ?? ""} ${
    event.tunnelDestination ?? ""
  }`;
}

const isDeviceHop = (event: Sighting) => event.kind === "device-rx" || event.kind === "device-tx";

/** The hop that a free excludes: a packet that dies on its way to a driver was never sent by it. */
export function excludes(event: Sighting): string | null {
  return isDropBeforeSending(event) ? pointOf({ ...event, kind: "device-tx" }) : null;
}

function goesOn(current: { points: Map<string, number> }, event: Sighting): boolean {
  const point = isDeviceHop(event) ? pointOf(event) : excludes(event);
  if (point === null) return true;
  const ttl = current.points.get(point);
  return ttl === undefined || (event.ttl ?? 0) < ttl;
}

/**
 * NAT changes a tuple between receive and transmit, never between a device and the next one; it
 * does not turn a packet round, and conntrack tells when it changes both ends. Anything else is
 * another packet of the same size in a reused skb.
 */
function couldBecome(before: Sighting, event: Sighting): boolean {
  if (isCopy(event)) return false;
  // A reader is the last to have it, and frees it without a word.
  if (before.kind === "deliver" && isDeviceHop(event)) return false;
  const [old, now] = [formOf(before), formOf(event)];
  const sameSource = old.source === now.source && old.sourcePort === now.sourcePort;
  const sameDestination = old.destination === now.destination &&
    old.destinationPort === now.destinationPort;
  if (sameSource && sameDestination && old.icmpId === now.icmpId) return true;
  // TCP's sequence numbers are invariants enough: no other packet has them.
  if (event.protocol === TCP && old.source !== now.destination) return true;
  // A bridge that asks iptables translates between its port's receive and its own.
  const isOnward = event.kind === "device-rx" &&
    (before.kind !== "device-rx" || before.netns !== event.netns);
  if (isOnward) return false;
  const origin = conntrackForm(event);
  // Two pings send the same numbers; an id is kept, but where conntrack says what it was.
  if ((sameSource || sameDestination) && old.icmpId === now.icmpId) return true;
  return origin !== null && formKey(origin) === formKey(conntrackForm(before) ?? old);
}

/** What taps a device and what asks for a neighbour frees a clone: its skb is its own. */
const isCopy = (event: Sighting) => isSolicitationCopy(event) || isTapCopy(event);
