/**
 * The hub of one incident: what it is, which batches are acknowledged, what belongs to no packet,
 * who watches. It makes the report with what the shards say of their packets (rules D1 to D4).
 */
import { DurableObject } from "cloudflare:workers";
import { acceptsDifferences } from "../../event/sse.ts";
import { systemClock } from "../clock.ts";
import { Hub } from "../live/hub.ts";
import type { HubFigures } from "../http/metrics.ts";
import type { Analyse } from "../live/analyst.ts";
import {
  type Evicted,
  imported,
  type ImportedIncident,
  type Incident,
  type NewIncident,
  NO_COUNTERS,
  type StoredBatch,
  type StoredToken,
  type TokenCreated,
} from "../stores/store.ts";
import { decideToken } from "../stores/create_token.ts";
import { Acknowledgement } from "./acknowledge.ts";
import { archiveSome, deleteArchive } from "./archives.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { type Answering, directoryOf, type EdgeEnv, type HubRpc } from "./bindings.ts";
import {
  edgeLimits,
  eventsPerShard,
  SHARDS_MAX,
  shardsOfNew,
  storeLimitsOf,
} from "./edge_limits.ts";
import { Growth } from "./growth.ts";
import { HubAdmission } from "./hub_admission.ts";
import { HubTable, ownBatch } from "./hub_table.ts";
import type { Commit, Committed, HubEntry, HubRow, Layout } from "./parts.ts";
import { ShardCapacity } from "./shard_capacity.ts";
import { ShardedReport } from "./sharded_report.ts";
import { Shards } from "./shards.ts";
import { eachAlone, Together } from "./together.ts";

/** How long what is new may wait for the archive, and a step that failed for its next try. */
const ALARM_MS = 30_000;

/** The object of one incident. */
export class IncidentHub extends DurableObject<EdgeEnv> implements Answering<HubRpc> {
  #table: HubTable;
  #shards: Shards;
  #hub: Hub;
  #admission: HubAdmission;
  #growth: Growth;
  #acknowledgement: Acknowledgement;
  #commits = new Together(
    eachAlone((commit: Commit) => this.#acknowledgement.commit(commit)),
  );
  /** An alarm is set, so that it need not be asked for with every batch. */
  #isAwaited = false;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#table = new HubTable(ctx);
    this.#shards = new Shards(env, this.#table);
    this.#growth = new Growth(this.#table, this.#shards);
    this.#acknowledgement = this.#newAcknowledgement();
    this.#hub = this.#newHub();
    this.#admission = new HubAdmission(
      edgeLimits(env),
      systemClock,
      (load) => directoryOf(env).charge(load),
    );
  }

  /** A test may have another, of all events. */
  protected analysis(): Analyse {
    const told = (evicted: Evicted[]) => this.#hub.evicted(this.#table.incident!.id, evicted);
    const eventsMax = eventsPerShard(this.env);
    const capacity = new ShardCapacity(this.#table, this.#shards, eventsMax, told);
    const report = new ShardedReport(this.#table, this.#shards, {
      settled: () => this.#growth.settled(),
      fitting: () => capacity.evictToFit(),
    });
    return (input) => report.make(input);
  }

  #newAcknowledgement(): Acknowledgement {
    return new Acknowledgement(
      () => this.#table,
      () => storeLimitsOf(this.env, this.#table.layout.shards),
      (incident, bytes) => directoryOf(this.env).grant(incident, bytes),
      (incident, stored) => {
        for (const { row, batch, evicted } of stored) {
          const { header, refused } = batch;
          const own = batch.own.map(({ tier, text }) => ({ tier, lines: 0, text }));
          const kept = { header: JSON.parse(header), refused, evicted: 0, segments: own };
          this.#hub.stored(incident.id, row, kept, evicted);
        }
      },
    );
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

  /** Batches with what the hub itself has of them: what is gone of a batch only its shards know. */
  async *#ownBatches(): AsyncGenerator<StoredBatch> {
    for (let after = 0;;) {
      const page = this.#table.page(after, Infinity, 200);
      for (const row of page) yield await Promise.resolve({ ...ownBatch(row), evicted: 0 });
      if (page.length === 0) return;
      after = page.at(-1)!.row;
    }
  }

  create(incident: NewIncident): "created" | "exists" {
    if (this.#table.incident !== null) return "exists";
    const shards = Math.min(incident.shards ?? shardsOfNew(this.env), SHARDS_MAX);
    const begun = { closedMs: null, shards, revision: 1, counters: { ...NO_COUNTERS } };
    this.#table.rows.transaction(() => {
      // Another than that of an incident that had this name before.
      this.#table.saveLayout({ shards, epoch: Date.now() });
      this.#table.saveIncident({ ...incident, ...begun, arrivedMs: incident.createdMs });
    });
    return "created";
  }

  incident(): Incident | null {
    return this.#table.incident;
  }

  async enter(tokens: readonly string[]): Promise<HubEntry> {
    const { incident, layout, tokens: known } = this.#table;
    return {
      tokens: tokens.map((id) => known.get(id)).filter((token) => token !== null),
      isVisible: incident !== null && !incident.importing,
      wait: incident === null ? null : await this.#admission.incidentWait(),
      probes: this.#admission.probesWaiting(),
      quietMs: this.#admission.quietMs,
      layout,
    };
  }

  async commit(commit: Commit): Promise<Committed> {
    const committed = await this.#commits.add(commit);
    const { answers } = committed;
    for (const [i, { status }] of answers.entries()) {
      if (status === "stored") this.#admission.charge(commit.batches[i]!);
    }
    if (!answers.some(({ status }) => status === "stored")) return committed;
    await this.#admission.tellSometimes();
    await this.#wake(ALARM_MS);
    return committed;
  }

  async #wake(inMs: number): Promise<void> {
    if (this.#isAwaited || await this.ctx.storage.getAlarm() !== null) {
      this.#isAwaited = true;
      return;
    }
    this.#isAwaited = true;
    await this.ctx.storage.setAlarm(Date.now() + inMs);
  }

  /** Goes on with a growth, and archives what is new. What fails is tried again. */
  async alarm(): Promise<void> {
    this.#isAwaited = false;
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
    this.#isAwaited = false;
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

  createToken(token: StoredToken): TokenCreated {
    const { tokensPerIncidentMax } = edgeLimits(this.env).store;
    const decided = decideToken(token, this.#table.tokens.all(), tokensPerIncidentMax);
    if (decided === "created") this.#table.tokens.put(token);
    return decided;
  }

  getToken(id: string): StoredToken | null {
    return this.#table.tokens.get(id);
  }

  listTokens(): StoredToken[] {
    return this.#table.tokens.all();
  }

  deleteToken(id: string): boolean {
    return this.#table.tokens.drop(id);
  }

  async reportJson(): Promise<string | null> {
    const { incident } = this.#table;
    return incident === null ? null : await this.#hub.reportJson(incident.id);
  }

  readFigures(): Promise<HubFigures> {
    return this.#hub.readFigures();
  }

  /** The live stream, by `fetch` because that tells when the viewer leaves. */
  async fetch(request: Request): Promise<Response> {
    const { incident } = this.#table;
    if (incident === null) return new Response(null, { status: 404 });
    const cursor = request.headers.get("last-event-id");
    const isBrief = acceptsDifferences(request.headers.get("accept"));
    const stream = await this.#hub.liveUntil(incident.id, cursor, request.signal, { isBrief });
    return stream === null ? new Response(null, { status: 503 }) : new Response(stream);
  }
}
