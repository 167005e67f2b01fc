/** Reports of an incident by way of shards, as the edge makes them, in one process. */
import { strictEqual as equal } from "node:assert/strict";
import { Analysis, type AnalysisInput, type Batch } from "../../src/analysis/mod.ts";
import {
  CountedForms,
  Heads,
  joinShards,
  type NodeEvents,
  planOf,
  ShardAnalysis,
  type ShardNews,
  shardOf,
  ToldShard,
  wantedFlows,
} from "../../src/analysis/shards/mod.ts";
import { isFirst } from "../../src/analysis/view/distinct.ts";
import { linesOf } from "../../src/analysis/view/condense.ts";
import type { Event } from "../../src/event/event.ts";
import type { Report } from "../../src/event/report.ts";

/** Number of the shard of an event, or null for the hub. */
export type Placement = (event: Event, shards: number) => number | null;

export interface ShardOptions {
  placement?: Placement;
  /** Room of the hub. */
  eventsMax?: number;
}

/** The report, and how many of the packets' events the hub looked at. */
export function analyseSharded(input: AnalysisInput, shards: number, options: ShardOptions = {}) {
  return new ShardedIncident(shards, options).report(input);
}

/** A shard, and what its hub knows of it. */
interface Shard {
  analysis: ShardAnalysis;
  told: ToldShard;
  /** Heads that it was told, of which generation. */
  heads: { count: number; generation: number };
  /** The events that it was told, by batch. */
  events: Map<Batch, NodeEvents>;
}

const newShard = (generation: number): Shard => ({
  analysis: new ShardAnalysis(),
  told: new ToldShard(),
  heads: { count: 0, generation },
  events: new Map(),
});

/** An incident that grows, over shards. */
export class ShardedIncident {
  readonly #placement: Placement;
  readonly #eventsMax: number;
  readonly #hub = new Analysis();
  readonly #heads = new Heads();
  readonly #counted = new CountedForms();
  readonly #own = new Map<Batch, Batch>();
  #shards: Shard[];
  /** How often a shard had to begin anew, and packets that were told. */
  begunAnew = 0;
  packetsTold = 0;

  constructor(shards: number, { placement = shardOf, eventsMax = Infinity }: ShardOptions = {}) {
    this.#placement = placement;
    this.#eventsMax = eventsMax;
    this.#shards = Array.from({ length: shards }, () => newShard(0));
  }

  /** Batches that are given again must be the same objects. */
  report(given: AnalysisInput): { report: Report; sent: number } {
    const input = { ...given, batches: storedOnce(given.batches) };
    const own = input.batches.map((batch) => this.#ownOf(batch));
    this.#heads.take(own);
    this.#counted.take(own);
    for (const [i] of this.#shards.entries()) this.#judge(i, input);
    const told = this.#shards.map((shard) => shard.told);
    const wanted = wantedFlows(planOf(told, this.#counted, this.#eventsMax));
    for (const { analysis, told } of this.#shards) {
      const given = analysis.select(overTheWire(told.want(wanted)));
      this.packetsTold += given.come.length;
      told.take({ ...given, withheld: overTheWire(given.withheld) });
    }
    const chains = told.flatMap(({ packets }) => [...packets].flat());
    const sent = chains.reduce((total, { events }) => total + events.length, 0);
    const report = this.#hub.report(joinShards({ ...input, batches: own }, told));
    return { report, sent };
  }

  #judge(shard: number, input: AnalysisInput): void {
    const known = this.#shards[shard]!;
    if (known.heads.generation === this.#heads.generation) {
      const change = known.analysis.judge(this.#news(known, shard, input));
      if (change) return known.told.summarize(overTheWire(change));
    }
    if (known.heads.count > 0) this.begunAnew++;
    const begun = newShard(this.#heads.generation);
    this.#shards[shard] = begun;
    const change = begun.analysis.judge(this.#news(begun, shard, input));
    equal(change === null, false, "a shard that is told everything must be able to judge");
    begun.told.summarize(overTheWire(change!));
  }

  #news(known: Shard, shard: number, { batches, closed, evicted }: AnalysisInput): ShardNews {
    const heads = this.#heads.after(known.heads.count);
    known.heads.count = this.#heads.count;
    const now = new Set(batches);
    const gone: NodeEvents[] = [];
    for (const [batch, events] of known.events) {
      if (now.has(batch)) continue;
      gone.push(events);
      known.events.delete(batch);
    }
    const come: NodeEvents[] = [];
    for (const batch of batches) {
      if (known.events.has(batch)) continue;
      const events = batch.events.filter((event) =>
        this.#placement(event, this.#shards.length) === shard
      );
      const own = { node: batch.header.node, events };
      known.events.set(batch, own);
      come.push(own);
    }
    return { heads, come, gone, closed, evicted };
  }

  /** What the hub has of a batch; the same object each time. */
  #ownOf(batch: Batch): Batch {
    let own = this.#own.get(batch);
    if (own) return own;
    own = {
      ...batch,
      // A batch may make its states when it is asked for them.
      states: batch.states,
      came: linesOf(batch, isFirst()),
      events: batch.events.filter((event) => this.#placement(event, this.#shards.length) === null),
    };
    this.#own.set(batch, own);
    return own;
  }
}

/** A batch that came twice is one: a store keeps it once. */
const storedOnce = (batches: readonly Batch[]): Batch[] => [
  ...new Map(batches.map((batch) => {
    const { node, probe, sequence } = batch.header;
    return [JSON.stringify([node, probe, sequence]), batch];
  })).values(),
];

/** As it goes over the wire. */
const overTheWire = <T>(told: T): T => JSON.parse(JSON.stringify(told));
