/** Where the frames of a packet were sent, so that a reception finds its sender. Rule C5. */
import type { Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { endOf, leadsTo, peerOf } from "./flood.ts";
import { frameOf, sameFrame } from "./frames.ts";
import { hasFewSightings, type Packet } from "./packets.ts";

/** A transmission of a packet, which a reception may follow. */
export interface Sent {
  candidate: Sighting;
  chain: Chain;
}

/** All transmissions of one frame. */
interface FrameSent {
  /** By node, in the order of the chains: by the node's clock, and those at one moment as they come. */
  byNode: Map<Sighting["node"], Sent[]>;
  /** Of each node the latest, of several at one moment the first. */
  latest: Sent[];
  /** Chains that received it and sent it on unchanged. */
  bridges: Chain[];
  /** Where one chain alone did so: the latest of its transmissions. */
  bridged: Sighting | null;
  /** Made when it is first asked for. */
  pairs: Pairs | null;
}

/** Transmissions of one frame by the cable that they were handed to. */
interface Pairs {
  /** By the other end of the veth pair. */
  byPeer: Map<string, Sighting[]>;
  /** Of each node the latest that went into no pair that is known. */
  free: Sighting[];
}

/**
 * All transmissions of a packet. They are looked up by frame and node: a packet that circles (a
 * broadcast storm) has as many sightings as there is room for, too many to compare all with all.
 */
export class Transmissions {
  #frames: Map<string, FrameSent>;
  /** Those that their chain ends with. */
  readonly last: Sent[] = [];
  readonly #isFew: boolean;

  constructor(readonly packet: Packet) {
    const { chains } = packet;
    this.#isFew = hasFewSightings(packet);
    this.#frames = this.#isFew ? NO_FRAMES : new Map();
    for (const chain of chains) {
      const candidate = chain.events.at(-1)!;
      if (candidate.kind === "device-tx") this.last.push({ candidate, chain });
    }
    if (this.#isFew) return;
    for (const chain of chains) this.#add(chain);
    for (const sent of this.#frames.values()) {
      for (const list of sent.byNode.values()) {
        list.sort((a, b) => a.candidate.at - b.candidate.at);
        sent.latest.push(latestOf(list)!);
      }
      const [bridge, ...others] = sent.bridges;
      if (bridge === undefined || others.length > 0) continue;
      const its = sent.byNode.get(bridge.node)!.filter(({ chain }) => chain === bridge);
      sent.bridged = latestOf(its)!.candidate;
    }
  }

  #add(chain: Chain): void {
    const received = new Set<string>();
    const bridged = new Set<string>();
    for (const candidate of chain.events) {
      if (candidate.kind === "device-rx") received.add(frameOf(candidate));
      if (candidate.kind !== "device-tx") continue;
      const frame = frameOf(candidate);
      let sent = this.#frames.get(frame);
      if (sent === undefined) {
        sent = { byNode: new Map(), latest: [], bridges: [], bridged: null, pairs: null };
        this.#frames.set(frame, sent);
      }
      const list = sent.byNode.get(candidate.node);
      if (list === undefined) sent.byNode.set(candidate.node, [{ candidate, chain }]);
      else list.push({ candidate, chain });
      if (received.has(frame)) bridged.add(frame);
    }
    for (const frame of bridged) this.#frames.get(frame)!.bridges.push(chain);
  }

  /**
   * The transmission of the frame that was received, in another chain than `own`: on the receiving
   * node the latest before it, else the latest on the first other node. Where one chain alone, on
   * another node, received the frame and sent it on unchanged, as a bridge does, it was the last to
   * have sent it; where several did, a veth pair tells which, or that the others went into other
   * pairs, and else nothing.
   */
  exact(received: Sighting, own: Chain): Sighting | null {
    if (this.#isFew) return exactAmong(this.packet, received, own);
    const sent = this.#frames.get(frameOf(received));
    if (sent === undefined) return null;
    const { bridged, bridges, byNode } = sent;
    if (bridged !== null && bridged.node !== received.node) return bridged;
    const isUnsure = bridges.length > 1;
    return (isUnsure ? pairedAmong(pairsOf(sent).byPeer.get(endOf(received)), received) : null) ??
      latestHere(byNode.get(received.node), received, own) ??
      (isUnsure ? pairsOf(sent).free.find(({ node }) => node !== received.node) : null) ??
      sent.latest.find(({ candidate }) => candidate.node !== received.node)?.candidate ?? null;
  }
}

function pairsOf(sent: FrameSent): Pairs {
  if (sent.pairs !== null) return sent.pairs;
  const byPeer = new Map<string, Sighting[]>();
  const free: Sighting[] = [];
  for (const list of sent.byNode.values()) {
    let latest: Sighting | null = null;
    for (const { candidate } of list) {
      const peer = peerOf(candidate);
      if (peer === null) {
        if (latest === null || candidate.at > latest.at) latest = candidate;
        continue;
      }
      const others = byPeer.get(peer);
      if (others === undefined) byPeer.set(peer, [candidate]);
      else others.push(candidate);
    }
    if (latest !== null) free.push(latest);
  }
  return sent.pairs = { byPeer, free };
}

const NO_FRAMES = new Map<string, never>();

/** As `Transmissions.exact` finds it, by looking at all sightings. */
function exactAmong({ chains }: Packet, received: Sighting, own: Chain): Sighting | null {
  let [bridges, bridged]: [number, Sighting | null] = [0, null];
  let here: Sighting | null = null;
  let there: Sighting | null = null;
  for (const chain of chains) {
    let [hasReceived, isBridge] = [false, false];
    let latest: Sighting | null = null;
    for (const event of chain.events) {
      if (event.kind === "device-rx") hasReceived ||= sameFrame(event, received);
      if (event.kind !== "device-tx" || !sameFrame(event, received)) continue;
      isBridge ||= hasReceived;
      if (latest === null || event.at > latest.at) latest = event;
      if (event.node !== received.node) {
        if (there === null || (event.node === there.node && event.at > there.at)) there = event;
      } else if (chain !== own && event.at <= received.at && !(here && here.at > event.at)) {
        here = event;
      }
    }
    if (!isBridge) continue;
    bridges += 1;
    bridged = latest;
  }
  if (bridges === 1 && bridged!.node !== received.node) return bridged;
  if (bridges < 2) return here ?? there;
  const all = [...sentIn(chains, received)];
  return pairedAmong(all, received) ?? here ?? freeAmong(all, received) ?? there;
}

/** Of these transmissions of a frame the latest by the other end of the veth pair that it was received by. */
function pairedAmong(sent: readonly Sighting[] | undefined, received: Sighting): Sighting | null {
  let best: Sighting | null = null;
  for (const event of sent ?? []) {
    // One device has that end, so that those that are compared are of one node.
    if (best !== null && event.at <= best.at) continue;
    if (event.node !== received.node && leadsTo(event, received)) best = event;
  }
  return best;
}

/** The latest of the first other node that went into no pair that is known: it did not go elsewhere. */
function freeAmong(sent: readonly Sighting[], received: Sighting): Sighting | null {
  let best: Sighting | null = null;
  for (const event of sent) {
    if (event.node === received.node || peerOf(event) !== null) continue;
    if (best === null || (event.node === best.node && event.at > best.at)) best = event;
  }
  return best;
}

function* sentIn(chains: readonly Chain[], received: Sighting): Iterable<Sighting> {
  for (const { events } of chains) {
    for (const event of events) {
      if (event.kind === "device-tx" && sameFrame(event, received)) yield event;
    }
  }
}

/**
 * Of transmissions in order the latest, of several at one moment the first. A device above another
 * one (macvlan, a bridge) sends the frame before the lower device does.
 */
function latestOf(list: readonly Sent[]): Sent | undefined {
  let index = list.length - 1;
  while (index > 0 && list[index - 1]!.candidate.at === list[index]!.candidate.at) index -= 1;
  return list[index];
}

/** On the node of the reception: the latest that is not after it, of several at one moment the last. */
function latestHere(
  list: readonly Sent[] | undefined,
  received: Sighting,
  own: Chain,
): Sighting | null {
  if (list === undefined) return null;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.candidate.at <= received.at) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && list[low - 1]!.chain === own) low -= 1;
  return low === 0 ? null : list[low - 1]!.candidate;
}
