/**
 * The hub of one incident: what it is, which batches are acknowledged, what belongs to no packet,
 * who watches. It makes the report with what the shards say of their packets (rules D1 to D4).
 */
import { DurableObject } from "cloudflare:workers";
import type { Wait } from "../intake/admission.ts";
import { systemClock } from "../clock.ts";
import { decodeStored } from "../live/decoded.ts";
import { Hub } from "../live/hub.ts";
import type { HubFigures } from "../live/hub_port.ts";
import { accountFull } from "../stores/retention.ts";
import type { Analyse } from "../live/reports.ts";
import {
  type Appended,
  type Evicted,
  imported,
  type ImportedIncident,
  type Incident,
  type NewIncident,
  NO_COUNTERS,
  type StoredBatch,
  type StoredToken,
} from "../stores/store.ts";
import { archiveSome, deleteArchive } from "./archives.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import {
  directoryOf,
  type EdgeEnv,
  edgeLimits,
  eventsPerShard,
  SHARDS_MAX,
  shardsOfNew,
} from "./env.ts";
import { Growth } from "./growth.ts";
import { HubAdmission, loadOf } from "./hub_admission.ts";
import { type HubRow, HubTable, ownBatch } from "./hub_table.ts";
import type { Commit, Layout } from "./parts.ts";
import { Room } from "./room.ts";
import { ShardedReport } from "./sharded_report.ts";
import { Shards } from "./shards.ts";

/** How long what is new may wait for the archive, and a step that failed for its next try. */
const ALARM_MS = 30_000;

export type Begun = Layout | Exclude<Appended["status"], "stored">;

export class IncidentHub extends DurableObject<EdgeEnv> {
  #table: HubTable;
  #shards: Shards;
  #hub: Hub;
  #admission: HubAdmission;
  #growth: Growth;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#table = new HubTable(ctx);
    this.#shards = new Shards(env, this.#table);
    this.#growth = new Growth(this.#table, this.#shards);
    this.#hub = this.#newHub();
    this.#admission = new HubAdmission(
      edgeLimits(env),
      systemClock,
      (load) => directoryOf(env).came(load),
    );
  }

  /** A test may have another, of all events. */
  protected analysis(): Analyse {
    const told = (evicted: Evicted[]) => this.#hub.evicted(this.#table.incident!.id, evicted);
    const room = new Room(this.#table, this.#shards, eventsPerShard(this.env), told);
    const report = new ShardedReport(this.#table, this.#shards, {
      settled: () => this.#growth.settled(),
      fitting: () => room.make(),
    });
    return (input) => report.make(input);
  }

  #newHub(): Hub {
    return new Hub({
      store: {
        getIncident: () => Promise.resolve(this.#table.incident),
        readBatches: () => this.#ownBatches(),
      },
      clock: systemClock,
      limits: edgeLimits(this.env),
      analyse: (input) => this.analysis()(input),
      log: (line) => console.error(line),
    });
  }

  /** Batches with what the hub itself has of them. */
  async *#ownBatches(): AsyncGenerator<StoredBatch> {
    for (let after = 0;;) {
      const page = this.#table.page(after, Infinity, 200);
      for (const row of page) yield await Promise.resolve(ownBatch(row));
      if (page.length === 0) return;
      after = page.at(-1)!.row;
    }
  }

  #limits() {
    const { store } = edgeLimits(this.env);
    const room = this.#table.layout.shards * eventsPerShard(this.env);
    return { ...store, eventsPerIncidentMax: Math.min(store.eventsPerIncidentMax, room) };
  }

  create(incident: NewIncident): "created" | "exists" {
    if (this.#table.incident !== null) return "exists";
    const shards = Math.min(incident.shards ?? shardsOfNew(this.env), SHARDS_MAX);
    const begun = { closedMs: null, shards, revision: 1, counters: { ...NO_COUNTERS } };
    this.#table.rows.transaction(() => {
      this.#table.saveLayout({ shards, epoch: 1 });
      this.#table.saveIncident({ ...incident, ...begun, arrivedMs: incident.createdMs });
    });
    return "created";
  }

  incident(): Incident | null {
    return this.#table.incident;
  }

  /** Whether a batch may come, and if so how it is to be spread. */
  begin(probe: string, sequence: number): Begun {
    const { incident, layout } = this.#table;
    if (incident === null) return "missing";
    if (this.#table.has(probe, sequence)) return this.#duplicate(incident);
    return incident.closedMs === null ? layout : "closed";
  }

  #duplicate(incident: Incident): "duplicate" {
    const counters = { ...incident.counters, duplicates: incident.counters.duplicates + 1 };
    this.#table.saveIncident({ ...incident, counters });
    return "duplicate";
  }

  /** Acknowledges a batch whose parts the shards keep. `stale`: there are more shards by now. */
  async commit(commit: Commit): Promise<Appended | { status: "stale" }> {
    const { probe, sequence } = JSON.parse(commit.header) as { probe: string; sequence: number };
    const may = this.begin(probe, sequence);
    if (typeof may === "string") return { status: may };
    if (may.epoch !== commit.epoch) return { status: "stale" };
    const limits = this.#limits();
    if (this.#table.isFull(commit.header, limits)) return { status: "full" };
    const before = this.#table.incident!.counters;
    const counters = this.#table.counted(commit);
    const bytes = Math.min(counters.bytes, Math.max(before.bytes, limits.bytesPerIncidentMax));
    const granted = this.#table.read<number>("granted") ?? 0;
    if (bytes > granted) {
      const more = await directoryOf(this.env).grant(this.#table.incident!.id, bytes);
      const others = limits.bytesTotalMax - more;
      if (accountFull(counters, before, others + before.bytes, limits)) {
        return { status: "account-full" };
      }
      this.#table.write("granted", more);
      // Others may have been acknowledged in the meantime.
      return this.commit(commit);
    }
    const evicted = this.#table.insert(commit, counters, limits);
    const { row, incident } = this.#table;
    const own = this.#table.page(row - 1, row, 1)[0]!;
    this.#hub.stored(incident!.id, row, decodeStored(ownBatch(own)), evicted);
    await this.#admission.came(probe, loadOf(commit));
    await this.#wake(ALARM_MS);
    return { status: "stored", row, revision: incident!.revision, evicted };
  }

  async #wake(inMs: number): Promise<void> {
    if (await this.ctx.storage.getAlarm() !== null) return;
    await this.ctx.storage.setAlarm(Date.now() + inMs);
  }

  /** Goes on with a growth, and archives what is new. What fails is tried again. */
  async alarm(): Promise<void> {
    if (this.#table.incident === null) return;
    try {
      await this.#growth.settled();
      await this.#shards.tell();
      const more = await archiveSome(this.env.ARCHIVES, this.#table, this.#shards);
      if (more) await this.#wake(1000);
    } catch (error) {
      // The runtime tries only a few times by itself.
      console.error(`Cannot archive ${this.#table.incident?.id}: ${error}`);
      await this.#wake(ALARM_MS);
    }
  }

  countStrayLines(lines: number): void {
    if (this.#table.countStrayLines(lines)) this.#hub.changed(this.#table.incident!.id);
  }

  async close(closedMs: number): Promise<boolean> {
    const { incident } = this.#table;
    if (incident === null) return false;
    if (incident.closedMs === null) {
      this.#table.saveIncident({ ...incident, closedMs, revision: incident.revision + 1 });
      this.#hub.changed(incident.id);
      await this.ctx.storage.setAlarm(Date.now());
    }
    return true;
  }

  async finishImport(as: ImportedIncident): Promise<boolean> {
    const { incident } = this.#table;
    if (incident === null) return false;
    this.#table.saveIncident(imported(incident, as));
    this.#hub.changed(incident.id);
    await this.#wake(ALARM_MS);
    return true;
  }

  /** Everything of it, the archive too. */
  async delete(): Promise<boolean> {
    const { incident } = this.#table;
    if (incident === null) return false;
    await this.#shards.clear();
    await deleteArchive(this.env.ARCHIVES, incident.id);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#hub.deleted(incident.id);
    this.#table = new HubTable(this.ctx);
    this.#shards = new Shards(this.env, this.#table);
    this.#growth = new Growth(this.#table, this.#shards);
    this.#hub = this.#newHub();
    return true;
  }

  extent(): { rowMax: number; batches: number } {
    const { row, incident } = this.#table;
    return { rowMax: row, batches: incident?.counters.batches ?? 0 };
  }

  /** Batches after a row, with the hub's part of them, and which shards have the rest. */
  async page(
    after: number,
    upTo: number,
    count: number,
  ): Promise<{ rows: HubRow[]; layout: Layout }> {
    await this.#growth.settled();
    return { rows: this.#table.page(after, upTo, count), layout: this.#table.layout };
  }

  /** Over more shards. Resolves with how many there are when all lines are where they belong. */
  async grow(wanted: number): Promise<number | null> {
    const began = await this.#growth.begin(wanted);
    const { incident } = this.#table;
    if (incident === null) return null;
    if (began) {
      await this.#wake(ALARM_MS);
      await this.#growth.settled();
      this.#hub.changed(incident.id);
    }
    return this.#table.layout.shards;
  }

  /** How long a body must wait, before it is read. */
  incidentWait(): Promise<Wait | null> {
    return this.#admission.incidentWait();
  }

  probeWait(probe: string): Wait | null {
    return this.#admission.probeWait(probe);
  }

  async createToken(token: StoredToken): Promise<"created" | "full"> {
    const { tokensPerIncidentMax } = edgeLimits(this.env).store;
    if (this.#table.tokens().length >= tokensPerIncidentMax) return "full";
    this.#table.putToken(token);
    return await Promise.resolve("created");
  }

  getToken(id: string): StoredToken | null {
    return this.#table.tokens().find((token) => token.id === id) ?? null;
  }

  listTokens(): StoredToken[] {
    return this.#table.tokens();
  }

  deleteToken(id: string): boolean {
    return this.#table.dropToken(id);
  }

  async reportJson(): Promise<string | null> {
    const { incident } = this.#table;
    return incident === null ? null : await this.#hub.reportJson(incident.id);
  }

  readFigures(): HubFigures {
    return { ...this.#hub.figures };
  }

  /** The live stream, by `fetch` because that tells when the viewer leaves. */
  async fetch(request: Request): Promise<Response> {
    const { incident } = this.#table;
    if (incident === null) return new Response(null, { status: 404 });
    const cursor = request.headers.get("last-event-id");
    const stream = await this.#hub.liveUntil(incident.id, cursor, request.signal);
    return stream === null ? new Response(null, { status: 503 }) : new Response(stream);
  }
}
