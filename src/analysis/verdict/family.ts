/**
 * Packets that may have to do with each other: of one flow, of flows that share a form or answer each
 * other in one, and the fragments of one packet. What is concluded of a family rests on its own packets
 * and on what it asks (`asked.ts`), so that it stays until one of these changes. Rule D5.
 */
import { KINDS } from "../../event/kinds.ts";
import { reverseKey } from "../correlate/identity.ts";
import type { Chain } from "../correlate/chains.ts";
import type { Packet } from "../correlate/packets.ts";
import { isTunnelInTunnel } from "../kernel/tunnels.ts";
import { type Doubter, noted, Questions } from "../view/asked.ts";
import { crossingsOf } from "./crossings.ts";
import { delaysOf } from "./delays.ts";
import type { Doubted } from "./doubted.ts";
import { type FlowGroup, flowsOf } from "./flows.ts";
import { outerKey } from "./fragments.ts";
import { conclude } from "./judge.ts";
import { byFirst, type Judgement, type World } from "./judgement.ts";
import { boundsOf } from "./offsets.ts";
import { arrivedOf } from "./other_form.ts";
import type { Others } from "./others.ts";
import { type Way, wayOf } from "./own_way.ts";
import { reviseFlows, revisePackets } from "./passes.ts";
import { TRAVEL_NS } from "./judge.ts";

/** What a family came to. It is another object when anything of it may be another. */
export interface JudgedFamily {
  /** In the order of all packets. */
  judgements: readonly Judgement[];
  flows: readonly FlowGroup[];
}

/** Where families put themselves. */
export interface Home {
  /** Those that may be stale. */
  inDoubt: Doubted<Family>;
  /** Those that became urgent since the last turn. */
  urgent: Set<Family>;
  /** Those that do not rest, the ones that were used last at the end. */
  awake: Set<Family>;
}

/** Some packets of an incident, and what is concluded of them. */
export class Family implements Doubter {
  /** What it is found by, each once. */
  keys: string[] = [];
  /** Its packets with their ways, where those are known; null while it rests. */
  #packets: Map<Packet, Way | null> | null = new Map();
  /** Its packets while it rests. */
  #resting: Packet[] = [];
  /** What the ways rest on. */
  #waysAsked = new Questions(this);
  #judgements: Judgement[] = [];
  #asked = new Questions(this);
  #isChanged = true;
  #judged: JudgedFamily = NOT_JUDGED;
  /** How often it was judged. */
  version = 0;
  /** Where not all that is stale can be judged, it is judged before others: it tells what nobody knows yet. [D10] */
  #isUrgent = true;
  /** What its packets were dropped by, as far as that tells whether a further one is news. */
  #drops: readonly string[] = [];

  constructor(readonly home: Home) {}

  /** In no order. */
  get packets(): Iterable<Packet> {
    return this.#packets?.keys() ?? this.#resting;
  }

  /** How many packets it has. */
  get size(): number {
    return this.#packets?.size ?? this.#resting.length;
  }

  /** A packet came. One that rests is awake only when its turn comes to be judged. */
  take(packet: Packet): void {
    if (this.#packets === null) this.#resting.push(packet);
    else {
      const packets = this.#awake();
      packet.wake();
      shareForms(packet, packets);
      packets.set(packet, null);
    }
    this.#noteDrops(packet);
    this.#change();
  }

  #noteDrops(packet: Packet): void {
    if (this.#drops.length >= DROPS_MAX) return;
    const unknown = new Set(dropsOf(packet)).difference(new Set(this.#drops));
    if (unknown.size === 0) return;
    this.#drops = [...this.#drops, ...unknown];
    this.urge();
  }

  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** It has something to tell that is news. */
  urge(): void {
    this.#isUrgent = true;
    this.home.urgent.add(this);
  }

  /** A packet is another one now. */
  leave(packet: Packet): void {
    if (this.#packets === null) this.#resting.splice(this.#resting.indexOf(packet), 1);
    else this.#awake().delete(packet);
    this.#change();
  }

  #change(): void {
    this.#isChanged = true;
    this.doubted();
  }

  /** It may be stale. */
  doubted(): void {
    this.home.inDoubt.add(this);
  }

  /** Its packets are to be judged again: others came, or something that they asked has another answer. */
  isStale(): boolean {
    return this.#isChanged || !this.#asked.hold() || !this.#waysAsked.hold();
  }

  /** Its packets, each judged by itself; after `revise` by all that is known. None while it rests. */
  get judgements(): readonly Judgement[] {
    return this.#judgements;
  }

  /** Judges each packet by itself, and brings to `others` what that tells. */
  judge(world: World, others: Others): void {
    const packets = this.#awake();
    if (!this.#waysAsked.hold()) {
      for (const packet of packets.keys()) packets.set(packet, null);
      this.#waysAsked.end();
      this.#waysAsked = new Questions(this);
    }
    this.#asked.end();
    this.#asked = new Questions(this);
    const ways = noted(this.#waysAsked, () => waysOf(packets));
    this.#judgements = noted(this.#asked, () => ways.map((way) => conclude(way, world)));
    others.narrowest.bring(this, boundsOf(this.#judgements, TRAVEL_NS));
    others.arrived.bring(this, arrivedOf(this.#judgements));
    this.#isChanged = false;
    this.#isUrgent = this.#judgements.every(({ outcome }) => outcome === "in-flight");
  }

  /** Judges them by what all families brought, after `judge` of each. */
  revise(others: Others): void {
    this.version++;
    this.#judged = noted(this.#asked, () => {
      revisePackets(this.#judgements, others);
      const flows = flowsOf(this.#judgements.filter(({ carries }) => !carries));
      reviseFlows(flows);
      // A packet that was cut has the steps of its pieces only now.
      others.delays.bring(this, delaysOf(this.#judgements));
      others.crossings.bring(this, crossingsOf(this.#judgements));
      return { judgements: this.#judgements, flows };
    });
  }

  /** What it came to. Where it rests that is made again, by what it was told before. */
  judged(world: World, others: Others): JudgedFamily {
    const isResting = this.#packets === null;
    const packets = this.#awake();
    if (!isResting) return this.#judged;
    // Who asked is noted already, and what was brought is the same.
    return this.#judged = noted(null, () => {
      const judgements = waysOf(packets).map((way) => conclude(way, world));
      this.#judgements = judgements;
      revisePackets(judgements, others);
      const flows = flowsOf(judgements.filter(({ carries }) => !carries));
      reviseFlows(flows);
      return { judgements, flows };
    });
  }

  /** Keeps its packets and what it asked. What they are judged as is made again when it is asked for. */
  rest(): void {
    if (this.#packets === null || this.#isChanged) return;
    this.#resting = [...this.#packets.keys()];
    this.#packets = null;
    for (const packet of this.#resting) packet.rest();
    this.#judgements = [];
    this.#judged = NOT_JUDGED;
  }

  /** It is no more: what it brought is taken back. */
  end(others: Others): void {
    this.#asked.end();
    this.#waysAsked.end();
    this.home.awake.delete(this);
    others.narrowest.bring(this, NOTHING);
    others.delays.bring(this, NOTHING);
    others.arrived.bring(this, NOTHING);
    others.crossings.bring(this, { passed: NOTHING, lost: NOTHING, tunnels: NOTHING });
  }

  /** Its packets, awake. Nobody but itself may have them so. */
  #awake(): Map<Packet, Way | null> {
    const { awake } = this.home;
    awake.delete(this);
    awake.add(this);
    if (this.#packets !== null) return this.#packets;
    const packets = this.#packets = new Map<Packet, Way | null>();
    for (const packet of this.#resting) {
      packet.wake();
      shareForms(packet, packets);
      packets.set(packet, null);
    }
    this.#resting = [];
    return packets;
  }
}

/** A family of more has so many that one more is no news. */
const DROPS_MAX = 4;

/** What its sightings of drops have in common with others of the same trouble. */
function* dropsOf({ chains }: Packet): Iterable<string> {
  for (const { node, events } of chains) {
    for (const { kind, netns, reason, function: by } of events) {
      if (KINDS[kind].tier !== "drops") continue;
      yield `${kind} ${node.name} ${netns ?? ""} ${reason ?? ""} ${by ?? ""}`;
    }
  }
}

const NOT_JUDGED: JudgedFamily = { judgements: [], flows: [] };

/** Nearly all packets of a family have one form, and the same. Forms are never changed. */
function shareForms(packet: Packet, others: ReadonlyMap<Packet, unknown>): void {
  const other = others.keys().next().value?.forms;
  const { forms } = packet;
  if (other === undefined || other.size !== 1 || forms.size !== 1) return;
  for (const [key, form] of forms) {
    if (other.get(key)?.network === form.network) packet.shareForms(other);
  }
}

/** The ways of packets, in the order of all packets; those that are not known are found. */
function waysOf(packets: Map<Packet, Way | null>): Way[] {
  const all = [...packets.keys()].sort(byFirst);
  return all.map((packet) => {
    let way = packets.get(packet);
    if (!way) packets.set(packet, way = wayOf(packet));
    return way;
  });
}

const NOTHING = new Map<string, never>();

/** Packets with a key in common are of one family. Nearly all have one, which needs no set. */
export function keysOf(packet: Packet): string | Set<string> {
  const keys = new Set<string>();
  for (const [key, form] of packet.forms) {
    const back = reverseKey(form);
    const either = key < back ? key : back;
    if (packet.forms.size === 1 && !packet.chains.some(hasOuter)) return either;
    keys.add(either);
  }
  for (const { events } of packet.chains) {
    for (const event of events) {
      if (event.tunnelIpId !== undefined) {
        const { tunnelSource: source, tunnelDestination: destination, tunnelIpId: ipId } = event;
        keys.add(`outer ${outerKey({ source, destination, ipId })}`);
      }
      // It may carry a packet that went into a tunnel inside a tunnel. [O60]
      if (isTunnelInTunnel(event)) keys.add(`outer ${outerKey(event)}`);
      if (event.fragmentOffset === undefined) continue;
      keys.add(`outer ${outerKey(event)}`);
      for (const { protocol, source, destination } of [event, ...packet.forms.values()]) {
        keys.add(`fragment ${protocol} ${source} ${destination} ${event.ipId}`);
      }
    }
  }
  return keys;
}

/** It was seen in a tunnel's packet, or in pieces. */
const hasOuter = ({ events }: Chain): boolean =>
  events.some((event) =>
    event.tunnelIpId !== undefined || event.fragmentOffset !== undefined || isTunnelInTunnel(event)
  );
