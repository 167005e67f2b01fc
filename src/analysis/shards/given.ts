/** What a shard has given its hub, and what is other since then. */
import { plainEvent } from "../../event/altered.ts";
import type { Packet } from "../correlate/packets.ts";
import type { ShardPacket, WithheldFlow } from "../view/input.ts";
import type { NodeView } from "../view/timeline.ts";
import type { GivenOfFlow } from "./flows.ts";
import type { SelectedChange } from "./told.ts";

/** Packets and counts that the hub has of a shard. */
export class GivenToHub {
  /** Numbers of the packets that the hub has. */
  readonly #numbers = new Map<Packet, number>();
  readonly #withheld = new Map<string, WithheldFlow>();
  /** Given packets of no flow: of each only sightings were told that do not show it itself. */
  #ofNoFlow: ReadonlySet<Packet> = new Set();
  /** What is to be given, and to be given up, when it is told. */
  readonly #come = new Set<Packet>();
  readonly #gone = new Set<Packet>();
  readonly #touched = new Map<string, WithheldFlow | null>();
  /** Events of each node that the hub has. */
  readonly #events = new Map<string, number>();
  #number = 0;

  /** A flow is another one, or is wanted otherwise. */
  giveUp(key: string, given: GivenOfFlow | null | undefined): void {
    if (!given) return;
    for (const packet of given.packets) this.#gone.add(packet);
    if (!this.#touched.has(key)) this.#touched.set(key, null);
  }

  /** What is given of a flow now. */
  give(key: string, { packets, withheld }: GivenOfFlow): void {
    for (const packet of packets) this.#come.add(packet);
    this.#touched.set(key, withheld);
  }

  /** All that is other since it was told last. */
  tell(nodes: readonly NodeView[], ofNoFlow: readonly Packet[]): SelectedChange {
    for (const packet of this.#ofNoFlow) this.#gone.add(packet);
    this.#ofNoFlow = new Set(ofNoFlow);
    for (const packet of ofNoFlow) this.#come.add(packet);
    const change: SelectedChange = {
      come: [],
      gone: [],
      withheld: { come: [], gone: [], nodes: [] },
    };
    for (const packet of this.#gone) {
      if (!this.#come.has(packet)) change.gone.push(this.#drop(packet));
    }
    for (const packet of this.#come) {
      if (this.#numbers.has(packet)) continue;
      const id = ++this.#number;
      this.#numbers.set(packet, id);
      this.#count(packet, 1);
      change.come.push({ id, packet: shardPacketOf(packet) });
    }
    this.#tellWithheld(change.withheld);
    change.withheld.nodes = nodes.map(({ name, events }) => ({
      node: name,
      events: events.length - (this.#events.get(name) ?? 0),
    }));
    this.#come.clear();
    this.#gone.clear();
    this.#touched.clear();
    return change;
  }

  #tellWithheld(told: SelectedChange["withheld"]): void {
    for (const [key, flow] of this.#touched) {
      const before = this.#withheld.get(key);
      if (flow && JSON.stringify(before) !== JSON.stringify(flow)) told.come.push(flow);
      if (!flow && before) told.gone.push(key);
      if (flow) this.#withheld.set(key, flow);
      else this.#withheld.delete(key);
    }
  }

  #drop(packet: Packet): number {
    const id = this.#numbers.get(packet)!;
    this.#numbers.delete(packet);
    this.#count(packet, -1);
    return id;
  }

  #count({ chains }: Packet, times: 1 | -1): void {
    for (const { node, events } of chains) {
      this.#events.set(node.name, (this.#events.get(node.name) ?? 0) + times * events.length);
    }
  }
}

function shardPacketOf({ chains, ambiguous }: Packet): ShardPacket {
  const repeated = ambiguous ? { repeated: true as const } : {};
  return chains.map(({ node, events }) => ({
    node: node.name,
    events: events.map(plainEvent),
    ...repeated,
  }));
}
