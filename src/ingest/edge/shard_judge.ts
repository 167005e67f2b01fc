/**
 * What a shard makes of its events for the hub's reports. It keeps its analysis from one report to the
 * next, and tells only what is other. Only a cache: when it is lost, the hub tells everything again.
 */
import type { Batch } from "../../analysis/mod.ts";
import {
  type EventMark,
  type GoneEvents,
  type NodeEvents,
  type SelectionChange,
  ShardAnalysis,
} from "../../analysis/shards/mod.ts";
import type { Event } from "../../event/event.ts";
import type { BundleTable } from "./bundle_table.ts";
import { decodeEvents, textByPart } from "./bundles.ts";
import { type GivenPage, pagesOf } from "./given_lines.ts";
import type { Frame, Judged, Known, Part, StoredBundle } from "./parts.ts";

/** An analysis that goes on. */
interface Going {
  known: Known;
  shard: ShardAnalysis;
  /** Parts whose events it has, and what tells those from all others. */
  taken: Map<StoredBundle, Map<Part, readonly EventMark[]>>;
  /** What was selected and is not yet given whole. */
  pages: GivenPage[] | null;
}

/** Judges the events of a shard's table. */
export class ShardJudge {
  #going: Going | null = null;

  constructor(readonly table: () => BundleTable) {}

  /** Forgets everything. */
  forget(): void {
    this.#going = null;
  }

  /**
   * First round. `isStale`: whether there is a newer layout, asked when all is read. Null: it is to be asked
   * again, by what the hub knows then.
   */
  async judge(frame: Frame, isStale: () => boolean): Promise<Judged | "anew" | null> {
    if (frame.known === null) this.#going = begun();
    else if (!this.#isAt(frame.known)) return "anew";
    const read = await this.#read();
    if (isStale() || this.#isWithoutEvents(frame)) return null;
    const going = this.#going;
    // Another report may have been asked for meanwhile, or all of it was deleted.
    if (going === null || (frame.known !== null && !this.#isAt(frame.known))) return "anew";
    const gone = this.#gone(going);
    const come = this.#come(going, read);
    const heads = JSON.parse(frame.heads) as Batch[];
    const { closed, evicted } = frame;
    going.known = { ...going.known, number: going.known.number + 1 };
    going.pages = null;
    const change = going.shard.judge({ heads, come, gone, closed, evicted });
    if (change !== null) return { known: going.known, change };
    this.#going = null;
    return "anew";
  }

  /** Second round, by pages. */
  select(known: Known, change: SelectionChange | null, page: number): GivenPage | null {
    const going = this.#going;
    if (going === null || !this.#isAt(known)) return null;
    if (change !== null) going.pages = pagesOf(going.shard.select(change));
    const given = going.pages?.[page];
    if (given === undefined) return null;
    if (given.rest !== null) {
      going.known = { ...known, number: known.number + 1 };
      going.pages = null;
    }
    return given;
  }

  /**
   * [O35] Events were thrown away here since the hub asked, which knew of none: to judge by what it said would
   * take the silence of what is gone for a proof.
   */
  #isWithoutEvents({ evicted }: Frame): boolean {
    const { ordinary, drops } = this.table().evictedTo;
    return evicted === 0 && Math.max(ordinary, drops) > 0;
  }

  #isAt({ session, number }: Known): boolean {
    return this.#going?.known.session === session && this.#going.known.number === number;
  }

  /** Events of parts that are acknowledged and were not taken. */
  async #read(): Promise<Read[]> {
    const read: Read[] = [];
    const table = this.table();
    for (const bundle of table.all) {
      const wanted = this.#fresh(bundle);
      if (wanted.length === 0) continue;
      const texts = await textByPart({ parts: bundle.parts, bodies: table.bodies(bundle) });
      for (const part of wanted) {
        read.push({ bundle, part, events: decodeEvents(texts.get(part) ?? "") });
      }
    }
    return read;
  }

  #fresh(bundle: StoredBundle): Part[] {
    const taken = this.#going?.taken.get(bundle);
    return bundle.parts.filter((part) =>
      this.table().rowOf(bundle, part) !== null && !taken?.has(part)
    );
  }

  #come(going: Going, read: readonly Read[]): NodeEvents[] {
    const here = new Set(this.table().all);
    const come: NodeEvents[] = [];
    for (const { bundle, part, events } of read) {
      // Some may have gone while the rest was read, or was taken for another report.
      if (!here.has(bundle) || this.table().rowOf(bundle, part) === null) continue;
      const own = going.taken.get(bundle) ?? new Map<Part, readonly EventMark[]>();
      if (own.has(part)) continue;
      come.push({ node: part.node, events });
      going.taken.set(bundle, own.set(part, events.map(markOf)));
    }
    return come;
  }

  #gone(going: Going): GoneEvents[] {
    const here = new Set(this.table().all);
    const gone: GoneEvents[] = [];
    for (const [bundle, parts] of going.taken) {
      for (const [part, events] of parts) {
        if (here.has(bundle) && this.table().rowOf(bundle, part) !== null) continue;
        gone.push({ node: part.node, events });
        parts.delete(part);
      }
      if (parts.size === 0) going.taken.delete(bundle);
    }
    return gone;
  }
}

/** A part that was read. */
interface Read {
  bundle: StoredBundle;
  part: Part;
  events: Event[];
}

const markOf = ({ timeNs, cpu, kind, skb }: Event): EventMark =>
  skb === undefined ? { timeNs, cpu, kind } : { timeNs, cpu, kind, skb };

const begun = (): Going => ({
  known: { session: crypto.randomUUID(), number: 0 },
  shard: new ShardAnalysis(),
  taken: new Map(),
  pages: null,
});
