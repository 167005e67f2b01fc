/** The nodes of an incident as one shard knows them: all that was watched, and its own events. */
import type { Event } from "../../event/event.ts";
import { type EventMark, GrowingNodes } from "../view/growing.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { ShardNews } from "./told.ts";

/** What is other of the sightings. */
export interface SightingChange {
  come: Map<NodeView, readonly Sighting[]>;
  gone: Sighting[];
}

/** Nodes and the events that fall to a shard. */
export class ShardNodes {
  readonly #nodes = new GrowingNodes();
  /** Events of nodes of which no batch was told yet, by the name of their node. */
  readonly #early = new Map<string, Event[]>();

  /** In the order of their names. */
  get all(): readonly NodeView[] {
    return this.#nodes.all;
  }

  /** Null where the news change what was told of a node's time: then all is to be told anew. */
  tell({ heads, come, gone, evicted }: ShardNews): SightingChange | null {
    const left = gone.flatMap(({ node, events }) => this.#remove(node, events));
    const added = new Map<NodeView, readonly Sighting[]>();
    if (!this.#nodes.take(heads, new Map())) return null;
    for (const [node, events] of Map.groupBy(come, ({ node }) => node)) {
      const early = this.#early.get(node) ?? [];
      this.#early.set(node, early);
      for (const each of events) for (const event of each.events) early.push(event);
    }
    for (const [name, events] of this.#early) {
      const view = this.#nodes.get(name);
      if (!view) continue;
      this.#early.delete(name);
      added.set(view, this.#nodes.add(name, events));
    }
    return this.#nodes.cover(evicted) ? { come: added, gone: left } : null;
  }

  #remove(node: string, events: readonly EventMark[]): Sighting[] {
    const early = this.#early.get(node);
    if (!early) return this.#nodes.remove(node, events);
    for (const event of events) {
      const at = early.findIndex((one) =>
        one.timeNs === event.timeNs && one.cpu === event.cpu && one.kind === event.kind &&
        one.skb === event.skb
      );
      if (at >= 0) early.splice(at, 1);
    }
    return [];
  }
}
