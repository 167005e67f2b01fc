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
  shardOf,
  type ShardSummary,
} from "../../analysis/shards/mod.ts";
import { decodeLine, LineError } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { TIERS } from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { type Answering, type EdgeEnv, shardAt, type ShardRpc } from "./bindings.ts";
import { gunzipped, gzipped } from "../http/gzip.ts";
import { type GivenPage, pagesOf } from "./given_lines.ts";
import type { Confirmation, Frame, Heard, Moved, Offer, Part, PartText } from "./parts.ts";
import { PartTable, type StoredPart } from "./part_table.ts";
import { splitText } from "./split.ts";

/** An attempt that was not confirmed for so long never will be. */
const UNCONFIRMED_MS = 3_600_000;

interface Decoded {
  node: string;
  events: Event[];
}

/** The object of one shard. */
export class PacketShard extends DurableObject<EdgeEnv> implements Answering<ShardRpc> {
  #table: PartTable;
  /** Decoded parts by their id. Only a cache. */
  #decoded = new Map<number, Decoded>();
  #judged: { shard: JudgedShard; pages: GivenPage[] | null } | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#table = new PartTable(ctx);
  }

  /** Durable when it answers. `stale`: the incident has more shards by now. */
  offer({ ticket, epoch, node, parts }: Offer): "kept" | "stale" {
    if (this.#isNewer(epoch)) return "stale";
    this.#table.rows.transaction(() => {
      for (const part of parts) this.#table.put({ ticket, node, source: -1 }, part, Date.now());
    });
    return "kept";
  }

  /** An attempt that the hub refused. */
  withdraw(ticket: string): void {
    this.#table.rows.transaction(() => this.#table.withdraw(ticket));
  }

  /** Takes what the hub decided. The answer says up to where it knows; the hub tells the rest. */
  hear({ afterRow, rows, afterEviction, evictions }: Confirmation): Heard {
    const table = this.#table;
    table.rows.transaction(() => {
      if (afterRow === table.number("row") && rows.length > 0) {
        for (const [row, ticket] of rows) table.confirm(ticket, row);
        table.set("row", rows.at(-1)![0]);
      }
      if (afterEviction === table.number("eviction") && evictions.length > 0) {
        for (const [, row, tier] of evictions) {
          for (const id of table.evict(row, tier)) this.#decoded.delete(id);
        }
        table.set("eviction", evictions.at(-1)![0]);
      }
      table.sweep(Date.now() - UNCONFIRMED_MS);
    });
    return { row: table.number("row"), eviction: table.number("eviction"), events: table.events() };
  }

  /** First round of a report: what the shard has, by flow. Null: its lines are being spread. */
  async judge(frame: Frame): Promise<ShardSummary | null> {
    await this.#decodeAll();
    if (this.#isNewer(frame.epoch)) return null;
    const heads = JSON.parse(frame.heads) as Batch[];
    const ofNode = new Map(heads.map((batch) => [batch.header.node, batch]));
    for (const batch of heads) batch.events = [];
    for (const { node, events } of this.#kept()) {
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

  /** What is decoded of what is kept: some may have gone while the rest was decoded. */
  #kept(): Decoded[] {
    const kept = new Map<number, Decoded>();
    for (const { id } of this.#table.confirmed()) {
      const decoded = this.#decoded.get(id);
      if (decoded !== undefined) kept.set(id, decoded);
    }
    this.#decoded = kept;
    return [...kept.values()];
  }

  async #decodeAll(): Promise<void> {
    for (const part of this.#table.confirmed()) {
      if (this.#decoded.has(part.id)) continue;
      const text = await gunzipped(this.#table.body(part.id));
      this.#decoded.set(part.id, { node: part.node, events: decodeEvents(text) });
    }
  }

  /** Texts of attempts, for an archive. Null: the lines are being spread. */
  async read(tickets: string[], epoch: number): Promise<PartText[] | null> {
    if (this.#isNewer(epoch)) return null;
    const parts = tickets.flatMap((ticket) =>
      this.#table.ofTicket(ticket).map(({ id, tier }) => ({
        ticket,
        tier,
        body: this.#table.body(id),
      }))
    );
    return await Promise.all(parts.map(async ({ ticket, tier, body }) => ({
      ticket,
      tier: TIERS[tier]!,
      text: await gunzipped(body),
    })));
  }

  /**
   * Gives what now belongs to other shards to them, and takes no more offers of before. May be
   * called again after any failure: what was given twice is kept once.
   */
  async spread(incident: string, own: number, shards: number, epoch: number): Promise<void> {
    if (epoch > this.#table.number("epoch")) this.#table.set("epoch", epoch);
    for (const part of this.#table.notSpread(epoch)) {
      const text = await gunzipped(this.#table.body(part.id));
      const shares = splitText(text, shards, shardOf);
      for (const [shard, { text: moved, lines }] of shares) {
        if (shard === null || shard === own) continue;
        const body = await gzipped(moved);
        const given = { tier: TIERS[part.tier]!, lines, chars: moved.length, body };
        await shardAt(this.env, incident, shard).receive(part, given, { source: own, epoch });
      }
      const rest = shares.get(own) ?? { text: "", lines: 0 };
      const body = await gzipped(rest.text);
      this.#table.rows.transaction(() =>
        this.#table.replace(part.id, { ...rest, chars: rest.text.length, body }, epoch)
      );
      this.#decoded.delete(part.id);
    }
  }

  /** A part of another shard, that belongs here now. */
  receive(from: StoredPart, part: Part, { source, epoch }: Moved): void {
    const { ticket, node } = from;
    this.#table.rows.transaction(() => {
      if (epoch > this.#table.number("epoch")) this.#table.set("epoch", epoch);
      for (const id of this.#table.put({ ticket, node, source }, part, Date.now())) {
        this.#decoded.delete(id);
      }
      if (from.row !== null) this.#table.confirm(ticket, from.row);
    });
  }

  async clear(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#decoded.clear();
    this.#judged = null;
    this.#table = new PartTable(this.ctx);
  }
}

function decodeEvents(text: string): Event[] {
  const events: Event[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const decoded = decodeLine(line);
      if (decoded.type === "event") events.push(decoded.event);
    } catch (error) {
      // Kept by an earlier version and not readable by this one.
      if (!(error instanceof LineError)) throw error;
    }
  }
  return events;
}
