/**
 * Whether sightings with equal invariants are of several packets. Rule C10.
 *
 * An IP id has 16 bits: after 65,536 packets of one socket it comes again, some programs give every
 * packet the same id, and an echo's sequence number comes again as well.
 */
import { isDeviceKind } from "../../event/kinds.ts";
import { isAnothersFrame, isFree } from "../kernel/frees.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { type Chain, excludes, pointOf, unsentPoint } from "./chains.ts";
import { COPY_LAG_NS, isDropOfAnother } from "./reused.ts";
import { tellsOfPacket } from "./telling.ts";

/**
 * [C10] A node saw the packet at the same point with the same TTL again, which is another packet:
 * because nothing sends the same one so late, or, sooner, because the node made both itself, each
 * with memory of its own.
 *
 * What else comes to the same point twice, and is no other packet: a loop of routers (its TTL is
 * lower), copies to another neighbour (another MAC), clones (they share their data), frames that
 * circle between bridges (they are received, and come at once).
 */
export function isSeveralPackets(chains: readonly Chain[]): boolean {
  // Nothing that one chain did alone tells of another packet, and mostly no other visited a point.
  if (chains.length <= FEW && !isAnyNodeOfTwo(chains)) return false;
  const byNode = new Map<NodeView, Chain[]>();
  for (const chain of chains) {
    const known = byNode.get(chain.node);
    if (known) known.push(chain);
    else byNode.set(chain.node, [chain]);
  }
  for (const here of byNode.values()) if (here.length > 1 && isSeveralOn(here)) return true;
  return false;
}

/** So many chains, or visits, are compared with each other sooner than sorted by their nodes, or found by keys. */
const FEW = 16;

/** On some node two chains visited points. */
function isAnyNodeOfTwo(chains: readonly Chain[]): boolean {
  for (let i = 1; i < chains.length; i++) {
    const chain = chains[i]!;
    for (let k = 0; k < i; k++) {
      if (chains[k]!.node === chain.node && hasVisit(chain) && hasVisit(chains[k]!)) return true;
    }
  }
  return false;
}

function hasVisit(chain: Chain): boolean {
  for (const event of chain.events) if (isVisit(event, chain)) return true;
  return false;
}

/** A visit of a point. */
interface Visit {
  event: Sighting;
  chain: Chain;
}

function isSeveralOn(chains: readonly Chain[]): boolean {
  const received = new Set<number | undefined>();
  const visits: Visit[] = [];
  for (const chain of chains) {
    for (const event of chain.events) {
      if (event.kind === "device-rx") received.add(event.netns);
      if (isVisit(event, chain)) visits.push({ event, chain });
    }
  }
  // Nothing that one chain did alone tells of another packet.
  if (visits.every(({ chain }) => chain === visits[0]!.chain)) return false;
  if (visits.length <= FEW && isEachElsewhere(visits)) return false;
  visits.sort((a, b) => a.event.at - b.event.at);
  const last = new Map<string, Visit>();
  const hops: Visit[] = [];
  for (const visit of visits) {
    if (isDeviceKind(visit.event.kind)) hops.push(visit);
    else if (isDeadElsewhere(visit, hops)) return true;
    const { lookUp, keep, unframed } = keysOf(visit.event);
    const isMade = !received.has(visit.event.netns);
    for (const key of lookUp) {
      const before = last.get(key);
      if (before && isAnother(before, visit, isMade)) return true;
    }
    const before = last.get(unframed);
    if (before && isMade && isLater(before, visit) && isMadeAnew(before, visit)) return true;
    for (const key of keep) last.set(key, visit);
  }
  return false;
}

/** It begins with its drop where the packet of the hops before it can't be any more. */
function isDeadElsewhere({ event, chain }: Visit, hops: readonly Visit[]): boolean {
  const before = hops.at(-1);
  if (before === undefined || before.chain === chain) return false;
  return isDropOfAnother(
    event,
    before.event,
    () => hops.find((hop) => hop.event.netns === event.netns)?.event,
  );
}

/** No two chains passed a device at one point with one TTL, and none died: as most, which needs no keys. */
function isEachElsewhere(visits: readonly Visit[]): boolean {
  for (const [i, { event, chain }] of visits.entries()) {
    const { kind, ifindex, ttl, netns } = event;
    if (!isDeviceKind(kind)) return false;
    for (let k = 0; k < i; k++) {
      const { event: other, chain: others } = visits[k]!;
      if (others === chain || other.ttl !== ttl || other.kind !== kind) continue;
      if (other.ifindex === ifindex && other.netns === netns) return false;
    }
  }
  return true;
}

/** `isMade`: nothing of these packets was received in that namespace, so they were made there. */
function isAnother(before: Visit, visit: Visit, isMade: boolean): boolean {
  if (before.chain === visit.chain) return false;
  return isLater(before, visit) || (isMade && isMadeAnew(before, visit));
}

const isLater = (before: Visit, { event }: Visit) => event.at - before.event.at >= COPY_LAG_NS;

/** Each begins there, in memory of its own. */
const isMadeAnew = (before: Visit, visit: Visit) =>
  isFirst(before) && isFirst(visit) && isOtherMemory(before, visit.event);

const isFirst = ({ event, chain }: Visit) => event === chain.events[0];

/** It passed a device, or died where a packet of this node's own dies before it has one. */
const isVisit = (event: Sighting, chain: Chain) =>
  isDeviceKind(event.kind) ||
  (event === chain.events[0] && event.kind === "drop" && event.tunnelKind === undefined &&
    tellsOfPacket(event) && !isAnothersFrame(event));

/**
 * Keys of a point with a TTL and a frame: where to look for a visit before, and what to keep this one
 * as. A packet that dies before a driver is at the driver's point, and may have no link header yet.
 */
function keysOf(event: Sighting): { lookUp: string[]; keep: string[]; unframed: string } {
  const { ttl, tunnelTtl, sourceMac, destinationMac } = event;
  if (isDeviceKind(event.kind)) {
    const point = `${pointOf(event)} ${ttl} ${tunnelTtl}`;
    const framed = `${point} ${destinationMac} ${sourceMac}`;
    return { lookUp: [framed, `${point} died`], keep: [framed, point], unframed: point };
  }
  const point = `${unsentPoint(event) ?? excludes(event) ?? pointOf(event)} ${ttl} ${tunnelTtl}`;
  return { lookUp: [point, `${point} died`], keep: [`${point} died`], unframed: point };
}

/** The later one is no clone: clones have another skb, and share data that is in use. */
function isOtherMemory({ chain }: Visit, event: Sighting): boolean {
  const shares = chain.events.some(({ head }) => head === event.head);
  if (!shares || event.skb === chain.events[0]!.skb) return true;
  const end = chain.events.at(-1)!;
  return (isFree(end) || end.kind === "deliver") && end.at < event.at;
}
