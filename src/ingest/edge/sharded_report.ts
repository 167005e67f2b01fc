/**
 * Reports in two rounds: what the shards found, then the packets the hub must look at itself. Both sides
 * keep what they know of each other, and tell only what is other since the last report.
 */
import { Analysis, type AnalysisInput } from "../../analysis/mod.ts";
import { CountedForms, Heads, joinShards, planOf, wantedFlows } from "../../analysis/shards/mod.ts";
import type { Report } from "../../event/report.ts";
import { HUB_EVENTS_MAX } from "./edge_limits.ts";
import type { HubTable } from "./hub_table.ts";
import { type AskedOf, KnownShard } from "./known_shard.ts";
import type { Shards } from "./shards.ts";

/** A shard that restarts between the rounds has forgotten the first; one may be added, too. */
const TRIES_MAX = 5;

/** What a report waits for. */
export interface Ready {
  /** Resolves when every line is in the shard it belongs to. */
  settled(): Promise<void>;
  /** Resolves when no shard has more than it can judge, and each knows what is acknowledged. */
  fitting(): Promise<void>;
}

/** Makes the reports of one incident. */
export class ShardedReport {
  readonly #analysis = new Analysis();
  readonly #heads = new Heads();
  readonly #counted = new CountedForms();
  #known: KnownShard[] = [];
  /** The report that is being made: each tells from the one before. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(readonly table: HubTable, readonly shards: Shards, readonly ready: Ready) {}

  /** `input` has the hub's own events, and every header and state. */
  make(input: AnalysisInput): Promise<Report> {
    const made = this.#before.then(() => this.#make(input));
    this.#before = made.catch(() => {});
    return made;
  }

  async #make(input: AnalysisInput): Promise<Report> {
    this.#heads.take(input.batches);
    this.#counted.take(input.batches);
    const heads = this.#heads;
    const texts = new Map<number, string>();
    const headsAfter = (count: number) => {
      const text = texts.get(count) ?? JSON.stringify(heads.after(count));
      texts.set(count, text);
      return text;
    };
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      await this.ready.settled();
      const { epoch, shards } = this.shards.layout;
      await this.ready.fitting();
      // What was evicted to make it fit is no longer what the store said.
      const { evicted } = this.table.incident?.counters ?? input;
      const known = this.#ofLayout(shards);
      const asked = { epoch, heads, headsAfter, closed: input.closed, evicted };
      if (!await this.#all(known, (shard) => shard.judge(asked))) continue;
      const told = known.map((shard) => shard.told);
      const wanted = wantedFlows(planOf(told, this.#counted, HUB_EVENTS_MAX));
      if (!await this.#all(known, (shard) => shard.select(wanted))) continue;
      return this.#analysis.report(joinShards({ ...input, evicted }, told));
    }
    throw new Error("Cannot make report: shards restart all the time, must stay up for one report");
  }

  /** What is known of each shard; of one more nothing. */
  #ofLayout(shards: number): readonly KnownShard[] {
    const at: AskedOf = this.shards;
    while (this.#known.length < shards) this.#known.push(new KnownShard(at, this.#known.length));
    this.#known.length = shards;
    return this.#known;
  }

  /** Whether all shards answered. One that fails is told everything next time. */
  async #all(
    known: readonly KnownShard[],
    ask: (shard: KnownShard) => Promise<boolean>,
  ): Promise<boolean> {
    const answers = await Promise.allSettled(known.map(ask));
    for (const [i, answer] of answers.entries()) {
      if (answer.status === "rejected") known[i]!.forget();
    }
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed) throw failed.reason;
    return answers.every((answer) => answer.status === "fulfilled" && answer.value);
  }
}
