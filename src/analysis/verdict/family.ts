/**
 * Packets that may have to do with each other: of one flow, of flows that share a form or answer each
 * other in one, and the fragments of one packet. What is concluded of a family rests on its own packets
 * and on what it asks (`asked.ts`), so that it stays until one of these changes. Rule D5.
 */
import { formKey, reverse } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { type Doubter, noted, Questions } from "../view/asked.ts";
import { crossingsOf } from "./crossings.ts";
import { delaysOf } from "./delays.ts";
import { type FlowGroup, flowsOf } from "./flows.ts";
import { wasUnpacked } from "./nested.ts";
import { outerKey } from "./fragments.ts";
import { conclude } from "./judge.ts";
import { inOrder, type Judgement, type World } from "./judgement.ts";
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

/** Some packets of an incident, and what is concluded of them. */
export class Family implements Doubter {
  /** What it is found by, each once. */
  keys: string[] = [];
  /** Its packets with their ways, where those are known. */
  readonly #packets = new Map<Packet, Way | null>();
  /** What the ways rest on. */
  #waysAsked = new Questions(this);
  #judgements: Judgement[] = [];
  #asked = new Questions(this);
  #isChanged = true;
  judged: JudgedFamily = { judgements: [], flows: [] };

  /** `inDoubt`: families that may be stale, where it puts itself. */
  constructor(readonly inDoubt: Set<Family>) {}

  /** In no order. */
  get packets(): Iterable<Packet> {
    return this.#packets.keys();
  }

  /** How many packets it has. */
  get size(): number {
    return this.#packets.size;
  }

  /** A packet came. */
  take(packet: Packet): void {
    this.#shareForms(packet);
    this.#packets.set(packet, null);
    this.#change();
  }

  /** Nearly all packets of a family have one form, and the same. Forms are never changed. */
  #shareForms(packet: Packet): void {
    const [other] = this.#packets.keys();
    if (!other || other.forms.size !== 1 || packet.forms.size !== 1) return;
    const [key, form] = packet.forms.entries().next().value!;
    if (other.forms.get(key)?.network === form.network) packet.forms = other.forms;
  }

  /** A packet is another one now. */
  leave(packet: Packet): void {
    this.#packets.delete(packet);
    this.#change();
  }

  #change(): void {
    this.#isChanged = true;
    this.doubted();
  }

  /** It may be stale. */
  doubted(): void {
    this.inDoubt.add(this);
  }

  /** Its packets are to be judged again: others came, or something that they asked has another answer. */
  isStale(): boolean {
    return this.#isChanged || !this.#asked.hold() || !this.#waysAsked.hold();
  }

  /** Its packets, each judged by itself; after `revise` by all that is known. */
  get judgements(): readonly Judgement[] {
    return this.#judgements;
  }

  /** Judges each packet by itself, and brings to `others` what that tells. */
  judge(world: World, others: Others): void {
    if (!this.#waysAsked.hold()) {
      for (const packet of this.#packets.keys()) this.#packets.set(packet, null);
      this.#waysAsked.end();
      this.#waysAsked = new Questions(this);
    }
    this.#asked.end();
    this.#asked = new Questions(this);
    const packets = [...this.#packets.keys()].sort((a, b) => inOrder({ packet: a }, { packet: b }));
    const ways = noted(this.#waysAsked, () => packets.map((packet) => this.#wayOf(packet)));
    this.#judgements = noted(this.#asked, () => ways.map((way) => conclude(way, world)));
    others.narrowest.bring(this, boundsOf(this.#judgements, TRAVEL_NS));
    others.arrived.bring(this, arrivedOf(this.#judgements));
    this.#isChanged = false;
  }

  /** Judges them by what all families brought, after `judge` of each. */
  revise(others: Others): void {
    this.judged = noted(this.#asked, () => {
      revisePackets(this.#judgements, others);
      others.crossings.bring(this, crossingsOf(this.#judgements));
      const flows = flowsOf(this.#judgements.filter((judgement) => !wasUnpacked(judgement)));
      reviseFlows(flows);
      // A packet that was cut has the steps of its pieces only now.
      others.delays.bring(this, delaysOf(this.#judgements));
      return { judgements: this.#judgements, flows };
    });
  }

  /** It is no more: what it brought is taken back. */
  end(others: Others): void {
    this.#asked.end();
    this.#waysAsked.end();
    others.narrowest.bring(this, NOTHING);
    others.delays.bring(this, NOTHING);
    others.arrived.bring(this, NOTHING);
    others.crossings.bring(this, { passed: NOTHING, lost: NOTHING, tunnels: NOTHING });
  }

  #wayOf(packet: Packet): Way {
    let way = this.#packets.get(packet);
    if (!way) this.#packets.set(packet, way = wayOf(packet));
    return way;
  }
}

const NOTHING = new Map<string, never>();

/** Packets with a key in common are of one family. */
export function keysOf(packet: Packet): Set<string> {
  const keys = new Set<string>();
  for (const [key, form] of packet.forms) {
    const back = formKey(reverse(form));
    keys.add(key < back ? key : back);
  }
  for (const { events } of packet.chains) {
    for (const event of events) {
      if (event.tunnelIpId !== undefined) {
        const { tunnelSource: source, tunnelDestination: destination, tunnelIpId: ipId } = event;
        keys.add(`outer ${outerKey({ source, destination, ipId })}`);
      }
      if (event.fragmentOffset === undefined) continue;
      keys.add(`outer ${outerKey(event)}`);
      for (const { protocol, source, destination } of [event, ...packet.forms.values()]) {
        keys.add(`fragment ${protocol} ${source} ${destination} ${event.ipId}`);
      }
    }
  }
  return keys;
}
