/** Which sighting led to which: the tree of a packet's copies across nodes. Rule C5. */
import { isDeviceKind } from "../../event/kinds.ts";
import type { Chain } from "./chains.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { cameByTunnelEndingHere, isMeantHere } from "./flood.ts";
import { frameOf, sameFrame } from "./frames.ts";
import type { Packet } from "./packets.ts";
import type { Step } from "./steps.ts";
import { tellsOfPacket } from "./telling.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * Links every sighting of a packet to the one before it. Returns the last step of every copy that
 * nothing follows; `previous` leads from each to the packet's first sighting.
 */
export function leavesOf(packet: Packet): Step[] {
  const steps = new Map<Sighting, Step>();
  for (const chain of packet.chains) {
    let previous: Step | null = null;
    for (const event of chain.events) {
      const step: Step = { event, chain, previous };
      steps.set(event, step);
      previous = step;
    }
  }
  const sent = transmissionsOf(packet);
  for (const chain of packet.chains) linkFirst(chain, packet, { steps, sent });
  splitReceives(packet, { steps, sent });
  const followed = new Set<Step>();
  for (const step of steps.values()) if (step.previous && goesOn(step)) followed.add(step.previous);
  return [...steps.values()].filter((step) => !followed.has(step));
}

/**
 * Whether the packet itself came to this step. A copy that was only looked at, or that a bridge
 * flooded to a host not meant, is a leaf of its own: its original is still where it was.
 */
function goesOn({ chain, previous }: Step): boolean {
  if (chain === previous!.chain) return true;
  const last = chain.events.at(-1)!;
  if (
    isAnothersFrame(last) && !isMeantHere(last, previous!.event) &&
    !cameByTunnelEndingHere(chain.events)
  ) return false;
  return chain.events.some((event) => tellsOnward(event));
}

const tellsOnward = (event: Sighting) => event.kind === "deliver" || tellsOfPacket(event);

/** A transmission of a packet, which a reception may follow. */
interface Sent {
  candidate: Sighting;
  chain: Chain;
}

/**
 * All transmissions of a packet. They are looked up by frame: a packet that circles (a broadcast
 * storm) has as many sightings as there is room for, too many to compare all with all.
 */
interface Transmissions {
  byFrame: Map<string, Sent[]>;
  /** Those that their chain ends with. */
  last: Sent[];
  /** Chains that received a frame and sent it on unchanged. */
  bridges: Map<string, Chain[]>;
}

/** What a packet's links are found with. */
interface Known {
  steps: ReadonlyMap<Sighting, Step>;
  sent: Transmissions;
}

function transmissionsOf(packet: Packet): Transmissions {
  const all: Transmissions = { byFrame: new Map(), last: [], bridges: new Map() };
  for (const chain of packet.chains) {
    const received = new Set<string>();
    const bridged = new Set<string>();
    for (const candidate of chain.events) {
      const frame = frameOf(candidate);
      if (candidate.kind === "device-rx") received.add(frame);
      if (candidate.kind !== "device-tx") continue;
      add(all.byFrame, frame, { candidate, chain });
      if (received.has(frame)) bridged.add(frame);
      if (candidate === chain.events.at(-1)) all.last.push({ candidate, chain });
    }
    for (const frame of bridged) add(all.bridges, frame, chain);
  }
  return all;
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/**
 * Links the first sighting of a chain to the sighting in another chain that the packet had before.
 */
function linkFirst(chain: Chain, packet: Packet, known: Known): void {
  const { steps } = known;
  const first = steps.get(chain.events[0]!)!;
  const isDrop = first.event.kind === "drop" && first.event.destinationMac !== undefined;
  const found = first.event.kind === "device-rx"
    ? senderOf(first, known)
    // What an XDP program drops is a copy of the packet that was sent, and no device receives it.
    : originalOf(first, packet, steps) ?? (isDrop ? senderOf(first, known) : null);
  if (found && !isBefore(first, found)) first.previous = found;
}

/** True when `step` is on the way to `other`: linking it after `other` would make a circle. */
function isBefore(step: Step, other: Step): boolean {
  for (let at: Step | null = other; at; at = at.previous) if (at === step) return true;
  return false;
}

/**
 * [C5] A received packet came from the transmission with the same frame: equal MACs, equal outer
 * header, equal TTL. Without one, from the transmission with the next higher TTL that nothing else
 * follows: an unprobed hop lies between.
 */
function senderOf(first: Step, { steps, sent }: Known): Step | null {
  const { event } = first;
  const between = bridgeBetween(first, sent);
  let exact: Step | null = null;
  for (const { candidate, chain } of sent.byFrame.get(frameOf(event)) ?? []) {
    if (chain === first.chain || isLater(candidate, event)) continue;
    if (between && chain !== between) continue;
    exact = closer(exact, steps.get(candidate)!, event);
  }
  if (exact) return exact;
  let loose: Step | null = null;
  for (const { candidate, chain } of sent.last) {
    if (chain === first.chain || isLater(candidate, event)) continue;
    if (sameFrame(candidate, event) || !couldReach(candidate, event)) continue;
    loose = closer(loose, steps.get(candidate)!, event);
  }
  return loose;
}

const isLater = (sent: Sighting, received: Sighting) =>
  sent.node === received.node && sent.at > received.at;

/**
 * The one chain on another node that received this frame and sent it on unchanged, as a bridge
 * does: this chain is the last to have sent the frame. Null where several did, because nothing tells
 * which of them was the last.
 */
function bridgeBetween(first: Step, { bridges }: Transmissions): Chain | null {
  const [only, ...others] = bridges.get(frameOf(first.event)) ?? [];
  return only && others.length === 0 && only.node !== first.event.node ? only : null;
}

/** The packet may have come from there by way of nodes without a probe: its TTL is not higher now. */
function couldReach(sent: Sighting, received: Sighting): boolean {
  const ttl = sent.tunnelKind && received.tunnelKind
    ? (sent.tunnelTtl ?? 0) - (received.tunnelTtl ?? 0)
    : (sent.ttl ?? 0) - (received.ttl ?? 0);
  return sent.node !== received.node && ttl >= 0;
}

/**
 * Which of two transmissions is nearer to a reception: on the receiving node the later one; of other
 * nodes the one with less TTL left, because it is further on the way.
 */
function closer(best: Step | null, step: Step, event: Sighting): Step {
  if (!best) return step;
  const here = (s: Step) => s.event.node === event.node;
  if (here(step) !== here(best)) return here(step) ? step : best;
  if (here(step)) return step.event.at >= best.event.at ? step : best;
  const ttl = (s: Step) => (s.event.ttl ?? 0) * 256 + (s.event.tunnelTtl ?? 0);
  if (ttl(step) !== ttl(best)) return ttl(step) < ttl(best) ? step : best;
  // A device above another one (macvlan, a bridge) sends the frame before the lower device does.
  return step.event.node === best.event.node && step.event.at > best.event.at ? step : best;
}

/** A clone or copy made on a node follows the latest sighting of its original there. */
function originalOf(
  first: Step,
  packet: Packet,
  steps: ReadonlyMap<Sighting, Step>,
): Step | null {
  const event = first.event;
  let best: Sighting | null = null;
  for (const chain of packet.chains) {
    if (chain === first.chain || chain.node !== event.node) continue;
    for (const candidate of chain.events) {
      if (candidate.at >= event.at || !isHop(candidate)) continue;
      if (!best || isNearerOriginal(candidate, best, event)) best = candidate;
    }
  }
  return best && steps.get(best)!;
}

/**
 * Prefers a sighting in the copy's namespace, then one that shares its data, then the later one.
 */
function isNearerOriginal(a: Sighting, b: Sighting, copy: Sighting): boolean {
  const isBeside = ({ netns }: Sighting) => netns === copy.netns || copy.netns === undefined;
  if (isBeside(a) !== isBeside(b)) return isBeside(a);
  const hasData = ({ head }: Sighting) => head === copy.head;
  if (hasData(a) !== hasData(b)) return hasData(a);
  return a.at > b.at;
}

const isHop = (event: Sighting) => isDeviceKind(event.kind);

/**
 * One skb may leave a node and come back to it later, because all nodes of a lab share a kernel. A
 * reception that does not fit the transmission before it in its chain came from another node's.
 */
function splitReceives(packet: Packet, known: Known): void {
  const { steps } = known;
  for (const chain of packet.chains) {
    for (let i = 1; i < chain.events.length; i++) {
      const event = chain.events[i]!;
      const before = chain.events[i - 1]!;
      if (event.kind !== "device-rx" || before.kind !== "device-tx") continue;
      if (sameFrame(before, event)) continue;
      const found = senderOf({ ...steps.get(event)!, chain }, known);
      const step = steps.get(event)!;
      if (found && !isBefore(step, found)) step.previous = found;
    }
  }
}
