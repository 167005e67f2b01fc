/**
 * No shard is given more than it has memory for. The limit of an incident counts the events of all
 * its shards together. That bounds each shard while packets differ, because they spread evenly. Equal
 * packets, as in a flood, all go to the same shard, so the fullest one is looked at by itself.
 */
import type { Evicted } from "../stores/store.ts";
import type { HubTable } from "./hub_table.ts";
import type { Shards } from "./shards.ts";

/** A shard may have so many times its share: chance alone fills some more than others. */
const UNEVEN = 1.2;

/** Keeps the shards of an incident at what they can judge. */
export class ShardCapacity {
  constructor(
    readonly table: HubTable,
    readonly shards: Shards,
    readonly eventsPerShardMax: number,
    readonly onEvicted: (evicted: Evicted[]) => void,
  ) {}

  /** Evicts until each shard can judge what it has, and every shard knows of it. */
  async evictToFit(): Promise<void> {
    for (;;) {
      await this.shards.tell();
      const excess = this.shards.fullest / (this.eventsPerShardMax * UNEVEN);
      if (excess <= 1) return;
      const evicted = this.table.evictShare(1 - 1 / excess);
      if (evicted.length === 0) return;
      this.onEvicted(evicted);
    }
  }
}
