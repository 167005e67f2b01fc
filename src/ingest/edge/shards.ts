/** The shards of an incident as its hub talks to them. */
import type { SelectionChange } from "../../analysis/shards/mod.ts";
import { type EdgeEnv, shardAt } from "./bindings.ts";
import type { GivenPage } from "./given_lines.ts";
import type { HubTable } from "./hub_table.ts";
import type { EvictedTo, Frame, Heard, Judged, Known, Layout } from "./parts.ts";

/** Decisions told in one call. */
const TOLD_MAX = 5_000;

/** All shards of one incident, by their numbers from 0. */
export class Shards {
  /** Up to where each is known to know. After a restart it says so itself. */
  #heard = new Map<number, Heard>();

  constructor(readonly env: EdgeEnv, readonly table: HubTable) {}

  get layout(): Layout {
    return this.table.layout;
  }

  get count(): number {
    return this.layout.shards;
  }

  #at(shard: number) {
    return shardAt(this.env, this.table.incident!.id, shard);
  }

  /** Tells every shard which attempts became batches and what was evicted. */
  async tell(): Promise<void> {
    await Promise.all(Array.from({ length: this.count }, (_, shard) => this.#tell(shard)));
  }

  async #tell(shard: number): Promise<void> {
    const { row, evictedTo } = this.table;
    for (;;) {
      const known = this.#heard.get(shard);
      const afterRow = known?.row ?? 0;
      if (known !== undefined && afterRow >= row && isAsFar(known.evictedTo, evictedTo)) return;
      const rows = this.table.tickets(afterRow, TOLD_MAX);
      const last = rows.length < TOLD_MAX;
      const upToRow = last ? this.table.row : rows.at(-1)![0];
      const told = { afterRow, upToRow, rows, evictedTo: this.table.evictedTo, last };
      this.#heard.set(shard, await this.#at(shard).hear(told));
    }
  }

  judge(shard: number, frame: Frame): Promise<Judged | "anew" | null> {
    return this.#at(shard).judge(frame);
  }

  select(
    shard: number,
    known: Known,
    change: SelectionChange | null,
    page: number,
  ): Promise<GivenPage | null> {
    return this.#at(shard).select(known, change, page);
  }

  read(shard: number, tickets: string[], epoch: number) {
    return this.#at(shard).read(tickets, epoch);
  }

  /** Events of the shard that has most, when it was last told. */
  get fullest(): number {
    return Math.max(0, ...[...this.#heard.values()].map(({ events }) => events));
  }

  spread(shard: number, shards: number, epoch: number): Promise<void> {
    // How many events each has changes.
    this.#heard.clear();
    return this.#at(shard).spread(this.table.incident!.id, shard, shards, epoch);
  }

  async clear(): Promise<void> {
    await Promise.all(Array.from({ length: this.count }, (_, shard) => this.#at(shard).clear()));
    this.#heard.clear();
  }
}

/** Shards keep events, so only evictions of those are told. */
const isAsFar = (known: EvictedTo, wanted: EvictedTo) =>
  known.ordinary >= wanted.ordinary && known.drops >= wanted.drops;
