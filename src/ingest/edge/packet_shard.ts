/**
 * One of the shards of an incident: the events of the packets that fall to it (rule D1). It keeps
 * what it is offered, believes what the hub confirms, and judges its packets for the hub's reports.
 */
import { DurableObject } from "cloudflare:workers";
import { type Batch } from "../../analysis/mod.ts";
import {
  type JudgedShard,
  judgeShard,
  type Selection,
  type ShardSummary,
} from "../../analysis/shards/mod.ts";
import type { Event } from "../../event/event.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { type Answering, type EdgeEnv, shardAt, type ShardRpc } from "./bindings.ts";
import { BundleTable, type StoredBundle } from "./bundle_table.ts";
import { bundleOf, decodeEvents, partsByShard, textsOf } from "./bundles.ts";
import { type GivenPage, pagesOf } from "./given_lines.ts";
import type { Bundle, Confirmation, Frame, Heard, Moved, Offer, Part, PartText } from "./parts.ts";
import { Together } from "./together.ts";

/** An attempt that was not confirmed for so long never will be. */
const UNCONFIRMED_MS = 3_600_000;

interface Decoded {
  part: Part;
  events: Event[];
}

/** The object of one shard. */
export class PacketShard extends DurableObject<EdgeEnv> implements Answering<ShardRpc> {
  #table: BundleTable;
  #offers = new Together((offer: Offer) => this.#take(offer));
  /** Decoded parts of bundles. Only a cache. */
  #decoded = new Map<StoredBundle, Decoded[]>();
  #judged: { shard: JudgedShard; pages: GivenPage[] | null } | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#table = new BundleTable(ctx);
  }

  /** Durable when it answers. `stale`: the incident has more shards by now. */
  offer(offer: Offer): Promise<"kept" | "stale"> {
    return this.#offers.add(offer);
  }

  #take({ ticket, epoch, bundle }: Offer): "kept" | "stale" {
    if (this.#isNewer(epoch)) return "stale";
    const of = { ticket, source: -1, epoch, cameMs: Date.now() };
    this.#table.rows.transaction(() => this.#table.put(of, bundle));
    return "kept";
  }

  /** An attempt that the hub refused. */
  withdraw(ticket: string): void {
    this.#table.rows.transaction(() => this.#table.withdraw(ticket));
  }

  /** Takes what the hub decided. The answer says up to where it knows; the hub tells the rest. */
  hear({ afterRow, upToRow, rows, evictedTo, last }: Confirmation): Heard {
    const table = this.#table;
    table.rows.transaction(() => {
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

  /** First round of a report: what the shard has, by flow. Null: its lines are being spread. */
  async judge(frame: Frame): Promise<ShardSummary | null> {
    await this.#decodeAll();
    if (this.#isNewer(frame.epoch)) return null;
    const heads = JSON.parse(frame.heads) as Batch[];
    const ofNode = new Map(heads.map((batch) => [batch.header.node, batch]));
    for (const batch of heads) batch.events = [];
    for (const { part: { node }, events } of this.#kept()) {
      const batch = ofNode.get(node);
      if (batch) { for (const event of events) batch.events.push(event); }
    }
    const { incident, filter, closed, evicted } = frame;
    const shard = judgeShard({ incident, batches: heads, filter, closed, evicted });
    this.#judged = { shard, pages: null };
    return shard.summary;
  }

  /**
   * Second round: the packets the hub wants to look at, and a page of them at a time. Null when the
   * shard was restarted in between: the hub begins again.
   */
  select(selection: Selection | null, page: number): GivenPage | null {
    if (this.#judged === null) return null;
    if (selection !== null) this.#judged.pages = pagesOf(this.#judged.shard.select(selection));
    const { pages } = this.#judged;
    if (pages === null) return null;
    const given = pages[page]!;
    if (given.last) this.#judged = null;
    return given;
  }

  /** There are more shards than the hub knew when it asked. */
  #isNewer(epoch: number): boolean {
    return epoch < this.#table.number("epoch");
  }

  /** What is decoded of what is kept, by acceptance: some may have gone while the rest was decoded. */
  #kept(): Decoded[] {
    const kept: { row: number; decoded: Decoded }[] = [];
    const bundles = this.#table.all;
    for (const bundle of bundles) {
      for (const decoded of this.#decoded.get(bundle) ?? []) {
        const row = this.#table.rowOf(bundle, decoded.part);
        if (row !== null) kept.push({ row, decoded });
      }
    }
    const here = new Set(bundles);
    for (const bundle of [...this.#decoded.keys()]) {
      if (!here.has(bundle)) this.#decoded.delete(bundle);
    }
    return kept.sort((a, b) => a.row - b.row).map(({ decoded }) => decoded);
  }

  async #decodeAll(): Promise<void> {
    for (const bundle of this.#table.all) {
      if (this.#decoded.has(bundle)) continue;
      if (bundle.parts.every((part) => this.#table.rowOf(bundle, part) === null)) continue;
      const decoded: Decoded[] = [];
      // All of it: what is not acknowledged yet may be when the next report is made.
      for (const { text, ...part } of await textsOf(this.#whole(bundle))) {
        decoded.push({ part, events: decodeEvents(text) });
      }
      this.#decoded.set(bundle, decoded);
    }
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
      this.#table.rows.transaction(() => this.#replace(bundles, rest, epoch));
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
    this.#table.rows.transaction(() => {
      if (epoch > this.#table.number("epoch")) this.#table.set("epoch", epoch);
      this.#table.put({ ticket, source, cameMs: Date.now(), epoch }, bundle);
      this.#table.confirm(confirmed.map(([row, at]) => [row, ticket, at]));
    });
  }

  async clear(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#decoded.clear();
    this.#judged = null;
    this.#table = new BundleTable(this.ctx);
  }
}
