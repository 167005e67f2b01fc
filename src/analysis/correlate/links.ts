/** Which sighting led to which: the tree of a packet's copies across nodes. Rule C5. */
import type { Chain } from "./chains.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { isMeantHere, isOfThisNode } from "./flood.ts";
import { sameFrame } from "./frames.ts";
import { Originals } from "./originals.ts";
import { hasFewSightings, type Packet } from "./packets.ts";
import type { Step } from "./steps.ts";
import { tellsOfPacket } from "./telling.ts";
import { Transmissions } from "./transmissions.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * Links every sighting of a packet to the one before it. Returns the last step of every copy that
 * nothing follows; `previous` leads from each to the packet's first sighting.
 */
export function leavesOf(packet: Packet): Step[] {
  const steps = new Steps(packet);
  const sent = new Transmissions(packet);
  const known = { steps, sent, originals: new Originals(packet), begins: new Begins() };
  for (const first of steps.firsts) linkFirst(first, known);
  splitReceives(packet, known);
  if (hasFewSightings(packet)) return steps.all.filter((step) => !isFollowed(step, steps.all));
  const followed = new Set<Step>();
  for (const step of steps.all) if (step.previous && goesOn(step)) followed.add(step.previous);
  return steps.all.filter((step) => !followed.has(step));
}

function isFollowed(step: Step, all: readonly Step[]): boolean {
  for (const other of all) if (other.previous === step && goesOn(other)) return true;
  return false;
}

/** A step for each sighting of a packet. */
class Steps {
  readonly all: Step[] = [];
  /** Those that chains begin with. */
  readonly firsts: Step[] = [];
  /** Null where looking through all of them costs less. */
  readonly #bySighting: Map<Sighting, Step> | null;

  constructor(packet: Packet) {
    for (const chain of packet.chains) {
      let previous: Step | null = null;
      for (const event of chain.events) {
        const step: Step = { event, chain, previous };
        if (previous === null) this.firsts.push(step);
        this.all.push(previous = step);
      }
    }
    this.#bySighting = hasFewSightings(packet)
      ? null
      : new Map(this.all.map((step) => [step.event, step]));
  }

  /** The step of a sighting of the packet. */
  of(sighting: Sighting): Step {
    if (this.#bySighting !== null) return this.#bySighting.get(sighting)!;
    for (const step of this.all) if (step.event === sighting) return step;
    throw new TypeError("Cannot link a sighting that is not the packet's");
  }
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
    !isOfThisNode(chain.events)
  ) return false;
  return chain.events.some((event) => tellsOnward(event));
}

const tellsOnward = (event: Sighting) => event.kind === "deliver" || tellsOfPacket(event);

/** What a packet's links are found with. */
interface Known {
  steps: Steps;
  sent: Transmissions;
  originals: Originals;
  begins: Begins;
}

/**
 * With which chain the way to a chain begins, while chains are put behind others. A frame that
 * circles makes a way as long as there are chains, too long to be walked for each.
 */
class Begins {
  #before: Map<Chain, Chain> | null = null;

  /** The first chain on the way to this one; shortens the way as it goes. */
  of(chain: Chain): Chain {
    if (this.#before === null) return chain;
    let first = chain;
    for (let before = this.#before.get(first); before; before = this.#before.get(first)) {
      first = before;
    }
    for (let at = chain; at !== first;) {
      const before = this.#before.get(at)!;
      this.#before.set(at, first);
      at = before;
    }
    return first;
  }

  /** The way to `chain` goes on from `before`. */
  link(chain: Chain, before: Chain): void {
    this.#before ??= new Map();
    this.#before.set(chain, before);
  }
}

/**
 * Links the first sighting of a chain to the sighting in another chain that the packet had before.
 */
function linkFirst(first: Step, known: Known): void {
  const { chain } = first;
  const { steps, originals, begins } = known;
  const isDrop = first.event.kind === "drop" && first.event.destinationMac !== undefined;
  const original = first.event.kind === "device-rx" ? null : originals.of(first.event);
  const found = first.event.kind === "device-rx"
    ? senderOf(first, known)
    // What an XDP program drops is a copy of the packet that was sent, and no device receives it.
    : original
    ? beforeFlood(steps.of(original), first.event)
    : isDrop
    ? senderOf(first, known)
    : first.event.kind === "device-tx"
    ? forwardedFrom(first, known)
    : null;
  // Nothing leads to it yet: it would be before itself only where the way to `found` begins with it.
  if (found === null || begins.of(found.chain) === chain) return;
  first.previous = found;
  begins.link(chain, found.chain);
}

/**
 * [C5] What one port of a bridge sends is not made of what another one was given: both are copies of what
 * the bridge had. Nor is anything made of what a dummy or a veth pair was handed before. So a copy comes from where
 * those before it came from, and a copy that went where nothing is watched stays the last of its own way.
 */
function beforeFlood(original: Step, copy: Sighting): Step {
  let step = original;
  while (step.previous !== null && isForSibling(step.event, copy)) step = step.previous;
  return step;
}

/**
 * One was sent and ended there for its namespace, because the device is a dummy or one end of a veth pair, or a port
 * of the bridge, or of the datapath of Open vSwitch, that the other one is at a port of, which was sent or dropped.
 */
function isForSibling(sent: Sighting, copy: Sighting): boolean {
  if (sent.kind !== "device-tx") return false;
  if (copy.kind !== "device-tx" && copy.kind !== "drop") return false;
  if (sent.netns !== copy.netns || sent.ifindex === copy.ifindex) return false;
  if (sent.tunnelKind !== copy.tunnelKind) return false;
  const state = stateAt(copy.node, copy.netns, copy.at);
  const [one, other] = [sent, copy].map((event) => linkOf(state, event.ifindex, event.device));
  if (one === undefined || other === undefined || one.peerIfindex === other.ifindex) return false;
  return one.kind === "dummy" || one.kind === "veth" ||
    (one.masterIfindex !== undefined && one.masterIfindex === other.masterIfindex);
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
function senderOf(first: Step, known: Known): Step | null {
  const { event } = first;
  const { steps, sent } = known;
  const exact = sent.exact(event, first.chain);
  if (exact) return steps.of(exact);
  return nearestOf(first, known, (candidate) => !sameFrame(candidate, event));
}

/**
 * [C5] A transmission that nothing leads to, where its node was not told to receive it, came from another
 * node's with a higher TTL.
 */
const forwardedFrom = (first: Step, known: Known): Step | null =>
  nearestOf(first, known, (candidate) => (candidate.ttl ?? 0) > (first.event.ttl ?? 0));

/** Of the last transmissions of other chains that the packet may have come from, the nearest that fits. */
function nearestOf(
  { event, chain: own }: Step,
  { steps, sent }: Known,
  fits: (candidate: Sighting) => boolean,
): Step | null {
  let nearest: Step | null = null;
  for (const { candidate, chain } of sent.last) {
    if (chain === own || !fits(candidate) || !couldReach(candidate, event)) continue;
    nearest = closer(nearest, steps.of(candidate), event);
  }
  return nearest;
}

/** The packet may have come from there by way of nodes without a probe: its TTL is not higher now. */
function couldReach(sent: Sighting, received: Sighting): boolean {
  const ttl = sent.tunnelKind && received.tunnelKind
    ? (sent.tunnelTtl ?? 0) - (received.tunnelTtl ?? 0)
    : (sent.ttl ?? 0) - (received.ttl ?? 0);
  return sent.node !== received.node && ttl >= 0;
}

/**
 * Which of two transmissions of other nodes is nearer to a reception: the one with less TTL left,
 * because it is further on the way. Of two with the same TTL the one that is in a tunnel, or in none, as
 * the reception is: what a tunnel's device was handed has no outer header yet.
 */
function closer(best: Step | null, step: Step, received: Sighting): Step {
  if (!best) return step;
  const isAlike = ({ event }: Step) =>
    (event.tunnelKind === undefined) === (received.tunnelKind === undefined);
  const hasOneTtl = (step.event.ttl ?? 0) === (best.event.ttl ?? 0);
  if (hasOneTtl && isAlike(step) !== isAlike(best)) return isAlike(step) ? step : best;
  const ttl = (s: Step) => (s.event.ttl ?? 0) * 256 + (s.event.tunnelTtl ?? 0);
  if (ttl(step) !== ttl(best)) return ttl(step) < ttl(best) ? step : best;
  // A device above another one (macvlan, a bridge) sends the frame before the lower device does.
  return step.event.node === best.event.node && step.event.at > best.event.at ? step : best;
}

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
      const found = senderOf({ ...steps.of(event), chain }, known);
      const step = steps.of(event);
      if (found && !isBefore(step, found)) step.previous = found;
    }
  }
}
