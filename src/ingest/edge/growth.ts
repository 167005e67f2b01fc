/**
 * Spreading an incident over more shards. `growing` in the hub's table says that it is not finished:
 * after a crash the next request that needs the lines in their places finishes it.
 */
import { SHARDS_MAX } from "./edge_limits.ts";
import type { HubTable } from "./hub_table.ts";
import type { Shards } from "./shards.ts";

/** Spreads an incident over more shards, one growth after the other. */
export class Growth {
  #running: Promise<void> | null = null;

  constructor(readonly table: HubTable, readonly shards: Shards) {}

  /** From now on batches are spread over so many. False: it is over as many already. */
  async begin(wanted: number): Promise<boolean> {
    // One growth after the other: what one moves is where the next one finds it.
    await this.settled();
    const { layout, incident } = this.table;
    const shards = Math.min(wanted, SHARDS_MAX);
    if (incident === null || shards <= layout.shards) return false;
    this.table.rows.transaction(() => {
      this.table.saveLayout({ shards, epoch: layout.epoch + 1 });
      this.table.saveIncident({ ...incident, shards });
      this.table.write("growing", layout.shards);
    });
    return true;
  }

  /** How many shards there were before; null: nothing is to be moved. */
  get #from(): number | null {
    return this.table.read<number>("growing");
  }

  /** Resolves when every line is in the shard it belongs to. */
  async settled(): Promise<void> {
    while (this.#from !== null) {
      this.#running ??= this.#spread().finally(() => this.#running = null);
      await this.#running;
    }
  }

  async #spread(): Promise<void> {
    const from = this.#from!;
    const { shards, epoch } = this.table.layout;
    // A part that moves takes with it what its shard knows of it.
    await this.shards.tell();
    for (let shard = 0; shard < from; shard++) await this.shards.spread(shard, shards, epoch);
    this.table.write("growing", null);
  }
}
