/** Batches to one view per node, from one report of an incident to the next. */
import type { Event } from "../../event/event.ts";
import { readRows } from "../../event/read_rows.ts";
import { sameness } from "./distinct.ts";
import { GivenPackets, type PacketChange } from "./given_packets.ts";
import { GrowingNodes } from "./growing.ts";
import type { Batch, ShardPacket } from "./input.ts";
import type { NodeView, Sighting } from "./timeline.ts";

/** Views of the nodes, and what is new in them. */
export interface Told {
  /** In the order of their names. The same list for as long as not all is new. */
  nodes: readonly NodeView[];
  /** Nothing of what was told before holds any more. */
  isAllNew: boolean;
  /** Sightings that were not there before, by node, in the order of time. */
  added: Map<NodeView, Sighting[]>;
  /** Sightings that are no more, in no order: the store threw away the lines that told of them. */
  gone: Sighting[];
  /** What is other of the packets that were given put together; their sightings are not in `added`. */
  packets: PacketChange;
}

/**
 * The nodes of one incident, from one report to the next. Batches and packets are known by their
 * identity: what was given before must be the same objects, and must not have changed.
 */
export class Timelines {
  #batches: readonly Batch[] = [];
  /** The batch that each key stands for. */
  #byKey = new Map<string, Batch>();
  #nodes = new GrowingNodes();
  #packets = new GivenPackets();

  /**
   * One view per node. Batches may come in any order and more than once. `evicted`: how many events
   * of all nodes the store threw away. `packets`: those of shards, all that there are now. Views and
   * sightings stay the same objects unless `isAllNew`.
   */
  tell(batches: readonly Batch[], evicted = 0, packets: readonly ShardPacket[] = []): Told {
    const other = this.#otherThan(batches);
    const told = other && this.#grow(other, evicted, packets);
    if (told) return told;
    this.#batches = [];
    this.#byKey.clear();
    this.#nodes = new GrowingNodes();
    this.#packets = new GivenPackets();
    return { ...this.#grow(this.#otherThan(batches)!, evicted, packets)!, isAllNew: true };
  }

  /** Batches that were not told before, or told more; null where others were told. */
  #otherThan(batches: readonly Batch[]): Other | null {
    const before = this.#batches;
    const isLonger = before.length <= batches.length &&
      before.every((batch, i) => batches[i] === batch);
    const given = isLonger ? batches.slice(before.length) : batches;
    const now = new Map<string, Batch>();
    for (const batch of given) now.set(keyOf(batch), batch);
    if (!isLonger) { for (const key of this.#byKey.keys()) if (!now.has(key)) return null; }
    const [fresh, thinned]: [Batch[], Thinned[]] = [[], []];
    for (const [key, batch] of now) {
      const known = this.#byKey.get(key);
      if (known === batch) continue;
      if (!known) fresh.push(batch);
      else if (isThinned(known, batch)) thinned.push({ before: known, batch });
      else return null;
      this.#byKey.set(key, batch);
    }
    this.#batches = batches.slice();
    return { fresh, thinned };
  }

  /** Takes these batches; null where they change what is known of a node's time. */
  #grow(
    { fresh, thinned }: Other,
    evicted: number,
    packets: readonly ShardPacket[],
  ): Told | null {
    const gone = this.#thin(thinned);
    const added = new Map<NodeView, Sighting[]>();
    if (!this.#nodes.take(fresh, added)) return null;
    const change = this.#packets.change(packets, this.#nodes);
    if (!this.#nodes.cover(evicted)) return null;
    return { nodes: this.#nodes.all, isAllNew: false, added, gone, packets: change };
  }

  /** The sightings that are gone. Those of a node together: each time all that it has is gone through. */
  #thin(thinned: readonly Thinned[]): Sighting[] {
    const gone = new Map<string, Event[]>();
    for (const { before, batch } of thinned) {
      this.#nodes.thin(batch, before);
      const { node } = batch.header;
      const events = ofBlocksGone(before, batch) ?? this.#eventsGone(before, batch);
      gone.set(node, gone.get(node)?.concat(events) ?? events);
    }
    return [...gone].flatMap(([node, events]) => this.#nodes.remove(node, events));
  }

  /** Of events that are alike as many are gone as there are fewer. */
  #eventsGone(before: Batch, batch: Batch): Event[] {
    const left = new Map<string, number>();
    for (const event of batch.events) {
      const key = sameness(event);
      left.set(key, (left.get(key) ?? 0) + 1);
    }
    return before.events.filter((event) => {
      const key = sameness(event);
      const count = left.get(key) ?? 0;
      left.set(key, count - 1);
      return count <= 0;
    });
  }
}

/** Events of blocks that are no more, where the others are the same; null where they are not. */
function ofBlocksGone({ rows }: Batch, now: Batch): Event[] | null {
  if (rows === undefined || now.rows === undefined) return null;
  const left = new Set(now.rows);
  const gone = rows.filter((block) => !left.has(block));
  return gone.length + left.size === rows.length ? gone.flatMap(readRows) : null;
}

/** What is other than it was told before. */
interface Other {
  fresh: Batch[];
  thinned: Thinned[];
}

/** A batch of which the store threw away some events. */
interface Thinned {
  before: Batch;
  batch: Batch;
}

/** The same batch with fewer events. What came with it is told by its header alone. */
const isThinned = (before: Batch, now: Batch): boolean =>
  now.header === before.header && now.refused === before.refused && now.came === before.came &&
  now.stands === before.stands && (now.came ?? now.header.eventLines) !== undefined &&
  now.states.length === before.states.length &&
  now.states.every((state, i) => state === before.states[i]);

const keyOf = ({ header: { node, probe, sequence } }: Batch) => `${sequence} ${node}\0${probe}`;

/**
 * One view per node, in the order of their names. Batches may come in any order and more than once.
 * `evicted`: how many events of all nodes the store threw away.
 */
export const timelines = (batches: readonly Batch[], evicted = 0): readonly NodeView[] =>
  new Timelines().tell(batches, evicted).nodes;
