/** The store port over Durable Objects: it runs in the Worker, so reading lines scales with those. */
import { shardOf } from "../../analysis/shards/mod.ts";
import type {
  Appended,
  AuditEntry,
  AuditQuery,
  ImportedIncident,
  Incident,
  NewBatch,
  NewIncident,
  Store,
  StoredBatch,
  StoredToken,
  TokenCreated,
} from "../stores/store.ts";
import { directoryOf, type EdgeEnv, hubOf, shardAt } from "./bindings.ts";
import { gzipped } from "../http/gzip.ts";
import type { Commit, Layout, Part } from "./parts.ts";
import { type Share, splitText } from "./split.ts";
import { wholeBatches } from "./whole_batches.ts";

/** Incidents asked at once for a list. */
const ASKED_AT_ONCE = 50;
/** Batches put together at once for an archive. */
const PAGE_ROWS = 32;

/** The store of an ingest on Workers. */
export class DurableStore implements Store {
  constructor(readonly env: EdgeEnv) {}

  async createIncident(incident: NewIncident): Promise<"created" | "exists" | "full"> {
    const added = await directoryOf(this.env)
      .add(incident.id, incident.createdMs, incident.importing);
    if (added === "full") return "full";
    // A name may be there without an incident: whoever created it broke off in between.
    return await hubOf(this.env, incident.id).create(incident);
  }

  async listIncidents(): Promise<Incident[]> {
    const ids = await directoryOf(this.env).ids();
    const found: Incident[] = [];
    for (let at = 0; at < ids.length; at += ASKED_AT_ONCE) {
      const asked = ids.slice(at, at + ASKED_AT_ONCE).map((id) => this.getIncident(id));
      for (const incident of await Promise.all(asked)) if (incident) found.push(incident);
    }
    return found.filter(({ importing }) => !importing)
      .sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1));
  }

  getIncident(id: string): Promise<Incident | null> {
    return hubOf(this.env, id).incident();
  }

  closeIncident(id: string, closedMs: number): Promise<boolean> {
    return hubOf(this.env, id).close(closedMs);
  }

  async finishImport(id: string, as: ImportedIncident): Promise<boolean> {
    await directoryOf(this.env).imported(id);
    return await hubOf(this.env, id).finishImport(as);
  }

  growIncident(id: string, shards: number): Promise<number | null> {
    return hubOf(this.env, id).grow(shards);
  }

  async deleteIncident(id: string): Promise<boolean> {
    const deleted = await hubOf(this.env, id).delete();
    await directoryOf(this.env).remove(id);
    return deleted;
  }

  async append(id: string, batch: NewBatch): Promise<Appended> {
    const { probe, sequence } = batch.header;
    for (;;) {
      const begun = await hubOf(this.env, id).begin(probe, sequence);
      if (typeof begun === "string") return { status: begun };
      const ticket = crypto.randomUUID();
      const { own, kept } = await this.#offer(id, ticket, batch, begun);
      if (!kept) continue;
      const { header, refused, evicted } = batch;
      const sizes = batch.segments.map(({ tier, lines, text }) => ({
        tier,
        lines,
        chars: text.length,
      }));
      const answer = await hubOf(this.env, id).commit({
        ...{ ticket, epoch: begun.epoch, header: JSON.stringify(header) },
        ...{ refused, evicted, own, sizes },
      });
      if (answer.status === "stored") return answer;
      await this.#withdraw(id, ticket, begun.shards);
      if (answer.status !== "stale") return answer;
    }
  }

  /** Of what was refused nothing has to be kept. What fails here is forgotten with time. */
  async #withdraw(id: string, ticket: string, shards: number): Promise<void> {
    const all = Array.from(
      { length: shards },
      (_, shard) => shardAt(this.env, id, shard).withdraw(ticket),
    );
    await Promise.allSettled(all);
  }

  /** Gives each shard its lines; `kept` is false when there are more shards than was thought. */
  async #offer(
    id: string,
    ticket: string,
    { header, segments }: NewBatch,
    { shards, epoch }: Layout,
  ): Promise<{ own: Commit["own"]; kept: boolean }> {
    const own: Commit["own"] = [];
    const parts = new Map<number, Part[]>();
    for (const { tier, text } of segments) {
      const shares: Map<number | null, Share> = tier === "state"
        ? new Map([[null, { text, lines: 0 }]])
        : splitText(text, shards, shardOf);
      for (const [shard, { text, lines }] of shares) {
        if (shard === null) own.push({ tier, text });
        else {
          const part = { tier, lines, chars: text.length, body: await gzipped(text) };
          parts.set(shard, [...parts.get(shard) ?? [], part]);
        }
      }
    }
    const { node } = header;
    const answers = await Promise.all(
      [...parts].map(([shard, parts]) =>
        shardAt(this.env, id, shard).offer({ ticket, epoch, node, parts })
      ),
    );
    return { own, kept: answers.every((answer) => answer === "kept") };
  }

  countStrayLines(id: string, lines: number): Promise<void> {
    return hubOf(this.env, id).countStrayLines(lines);
  }

  async *readBatches(id: string, rowMax = Number.MAX_SAFE_INTEGER): AsyncGenerator<StoredBatch> {
    for (let after = 0;;) {
      const { rows, layout } = await hubOf(this.env, id).page(after, rowMax, PAGE_ROWS);
      if (rows.length === 0) return;
      const batches = await wholeBatches(
        rows,
        layout,
        (shard, tickets, epoch) => shardAt(this.env, id, shard).read(tickets, epoch),
      );
      if (batches === null) continue;
      yield* batches;
      after = rows.at(-1)!.row;
    }
  }

  extent(id: string): Promise<{ rowMax: number; batches: number }> {
    return hubOf(this.env, id).extent();
  }

  async createToken(token: StoredToken): Promise<TokenCreated> {
    const created = token.incident === null
      ? "created"
      : await hubOf(this.env, token.incident).createToken(token);
    return created === "created" ? await directoryOf(this.env).createToken(token) : created;
  }

  async getToken(id: string, near?: string): Promise<StoredToken | null> {
    const found = near === undefined ? null : await hubOf(this.env, near).getToken(id);
    if (found !== null) return found;
    const known = await directoryOf(this.env).getToken(id);
    return typeof known === "string" ? await hubOf(this.env, known).getToken(id) : known;
  }

  listTokens(incident: string | null): Promise<StoredToken[]> {
    return incident === null
      ? directoryOf(this.env).listTokens()
      : hubOf(this.env, incident).listTokens();
  }

  async deleteToken(incident: string | null, id: string): Promise<boolean> {
    const deleted = incident === null || await hubOf(this.env, incident).deleteToken(id);
    return await directoryOf(this.env).deleteToken(incident, id) && deleted;
  }

  appendAudit(entry: AuditEntry): Promise<void> {
    return directoryOf(this.env).appendAudit(entry);
  }

  listAudit(query: AuditQuery) {
    return directoryOf(this.env).listAudit(query);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
