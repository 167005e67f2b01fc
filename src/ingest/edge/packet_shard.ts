/**
 * One of the shards of an incident: the events of the packets that fall to it (rule D1). It keeps
 * what it is offered, believes what the hub confirms, and judges its packets for the hub's reports.
 */
import { DurableObject } from "cloudflare:workers";
import type { SelectionChange } from "../../analysis/shards/mod.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { type Answering, type EdgeEnv, shardAt, type ShardRpc } from "./bindings.ts";
import { BundleTable } from "./bundle_table.ts";
import { bundleOf, partsByShard, textsOf } from "./bundles.ts";
import type { GivenPage } from "./given_lines.ts";
import type {
  Bundle,
  Confirmation,
  Frame,
  Heard,
  Judged,
  Known,
  Moved,
  Offer,
  PartText,
  StoredBundle,
} from "./parts.ts";
import { ShardJudge } from "./shard_judge.ts";
import { Together } from "./together.ts";

/** An attempt that was not confirmed for so long never will be. */
const UNCONFIRMED_MS = 3_600_000;
/**
 * Pause between two turns while several attempts come in each, ms: those of one turn share a row. Of 20
 * rows a second and shard eight shards have as many as 80 batches a second may have of them, with the
 * hub's two, where four rows a batch are the goal.
 */
const CROWDED_MS = 50;

/** The object of one shard. */
export class PacketShard extends DurableObject<EdgeEnv> implements Answering<ShardRpc> {
  #table: BundleTable;
  #offers = new Together((offers: readonly Offer[]) => this.#take(offers), CROWDED_MS);
  #judge = new ShardJudge(() => this.#table);

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#table = new BundleTable(ctx);
  }

  /** Durable when it answers. `stale`: the incident has more shards by now. */
  offer(offer: Offer): Promise<"kept" | "stale"> {
    return this.#offers.add(offer);
  }

  #take(offers: readonly Offer[]): ("kept" | "stale")[] {
    const cameMs = Date.now();
    const fresh = offers.filter(({ epoch }) => !this.#isNewer(epoch));
    const offered = fresh.map(({ ticket, epoch, bundle }) => ({
      of: { ticket, epoch, cameMs },
      bundle,
    }));
    if (offered.length > 0) this.#change(() => this.#table.putAll(offered));
    return offers.map(({ epoch }) => this.#isNewer(epoch) ? "stale" : "kept");
  }

  /** An attempt that the hub refused. */
  withdraw(ticket: string): void {
    this.#change(() => this.#table.withdraw(ticket));
  }

  /** Takes what the hub decided. The answer says up to where it knows; the hub tells the rest. */
  hear({ afterRow, upToRow, rows, evictedTo, last }: Confirmation): Heard {
    const table = this.#table;
    this.#change(() => {
      if (afterRow === table.number("row")) {
        table.confirm(rows);
        table.set("row", upToRow);
        table.evict(evictedTo);
        // Of what is not told yet nobody can say that it never will be.
        if (last) table.sweep(Date.now() - UNCONFIRMED_MS);
      }
    });
    return { row: table.number("row"), evictedTo: table.evictedTo, events: table.events() };
  }

  /** First round of a report. */
  judge(frame: Frame): Promise<Judged | "anew" | null> {
    return this.#judge.judge(frame, () => this.#isNewer(frame.epoch));
  }

  /** Second round, a page at a time. */
  select(known: Known, change: SelectionChange | null, page: number): GivenPage | null {
    return this.#judge.select(known, change, page);
  }

  /** All that `change` does to the table, or nothing: then what is in memory is read again, too. */
  #change(change: () => void): void {
    try {
      this.#table.rows.transaction(change);
    } catch (error) {
      this.#table = new BundleTable(this.ctx);
      throw error;
    }
  }

  /** There are more shards than the hub knew when it asked. */
  #isNewer(epoch: number): boolean {
    return epoch < this.#table.number("epoch");
  }

  #whole(bundle: StoredBundle): Bundle {
    return { parts: bundle.parts, bodies: this.#table.bodies(bundle) };
  }

  /** Texts of attempts, for an archive. Null: the lines are being spread. */
  async read(tickets: string[], epoch: number): Promise<PartText[] | null> {
    if (this.#isNewer(epoch)) return null;
    const bundles = tickets.flatMap((ticket) =>
      this.#table.ofTicket(ticket).map((bundle) => ({ ticket, whole: this.#whole(bundle) }))
    );
    const found = await Promise.all(
      bundles.map(async ({ ticket, whole }) =>
        (await textsOf(whole)).map(({ at, tier, text }) => ({ ticket, at, tier, text }))
      ),
    );
    return found.flat();
  }

  /**
   * Gives what now belongs to other shards to them, and takes no more offers of before. May be
   * called again after any failure: what was given twice is kept once.
   */
  async spread(incident: string, own: number, shards: number, epoch: number): Promise<void> {
    if (epoch > this.#table.number("epoch")) this.#table.set("epoch", epoch);
    for (const [ticket, bundles] of Map.groupBy(this.#table.all, ({ ticket }) => ticket)) {
      if (bundles.every((bundle) => bundle.epoch >= epoch)) continue;
      const texts = await Promise.all(bundles.map((bundle) => textsOf(this.#whole(bundle))));
      const byShard = partsByShard(texts.flat(), shards);
      for (const [shard, parts] of byShard) {
        if (shard === own) continue;
        const confirmed = this.#table.confirmedOf(ticket);
        const moved = { ticket, source: own, epoch, confirmed };
        await shardAt(this.env, incident, shard).receive(moved, await bundleOf(parts));
      }
      const rest = await bundleOf(byShard.get(own) ?? []);
      this.#change(() => this.#replace(bundles, rest, epoch));
    }
  }

  /** Keeps of these, which are of one attempt, only the rest that still belongs here. */
  #replace(bundles: readonly StoredBundle[], rest: Bundle, epoch: number): void {
    const { ticket, cameMs } = bundles[0]!;
    const known = this.#table.ofTicket(ticket);
    // Withdrawn, or evicted whole, in between.
    if (!bundles.every((bundle) => known.includes(bundle))) return;
    for (const bundle of bundles) this.#table.remove(bundle);
    if (rest.parts.length > 0) this.#table.put({ ticket, source: -1, cameMs, epoch }, rest);
  }

  /** What belonged to another shard, and belongs here now. */
  receive({ ticket, source, epoch, confirmed }: Moved, bundle: Bundle): void {
    this.#change(() => {
      if (epoch > this.#table.number("epoch")) this.#table.set("epoch", epoch);
      this.#table.put({ ticket, source, cameMs: Date.now(), epoch }, bundle);
      this.#table.confirm(confirmed.map(([row, at]) => [row, ticket, at]));
    });
  }

  async clear(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#judge.forget();
    this.#table = new BundleTable(this.ctx);
  }
}
