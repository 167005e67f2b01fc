/** The store port over Durable Objects: it runs in the Worker, so reading lines scales with those. */
import { charsOf } from "../stores/segment.ts";
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
import { spreadOver } from "./bundles.ts";
import type { CommitBatch, HubEntry, Layout } from "./parts.ts";
import { wholeBatches } from "./whole_batches.ts";

/** Incidents asked at once for a list. */
const ASKED_AT_ONCE = 50;
/** Batches put together at once for an archive. */
const PAGE_ROWS = 32;

/** The store of an ingest on Workers. */
export class DurableStore implements Store {
  /** As hubs last said them. One that changed since is found out when batches are offered. */
  #layouts = new LayoutCache();

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

  /** One question for all that is to be known before a body of batches is read. */
  async enter(id: string, tokens: readonly string[]): Promise<HubEntry> {
    const entry = await hubOf(this.env, id).enter(tokens);
    this.#layouts.set(id, entry.layout);
    return entry;
  }

  async append(id: string, batch: NewBatch): Promise<Appended> {
    return (await this.appendAll(id, [batch]))[0]!;
  }

  async appendAll(id: string, batches: readonly NewBatch[]): Promise<Appended[]> {
    const answers: Appended[] = [];
    while (answers.length < batches.length) {
      const rest = batches.slice(answers.length);
      const layout = this.#layouts.get(id) ?? await this.#askLayout(id);
      const ticket = newTicket();
      const { bundles, own } = await spreadOver(rest, layout.shards);
      const { epoch } = layout;
      const offered = await Promise.all(
        [...bundles].map(([shard, bundle]) =>
          shardAt(this.env, id, shard).offer({ ticket, epoch, bundle })
        ),
      );
      if (offered.some((answer) => answer === "stale")) {
        await this.#withdraw(id, ticket, bundles.keys());
        await this.#askLayout(id);
        continue;
      }
      const commit = { ticket, epoch, batches: rest.map((batch, i) => commitOf(batch, own[i]!)) };
      const committed = await hubOf(this.env, id).commit(commit);
      this.#layouts.set(id, committed.layout);
      answers.push(...committed.answers);
      const isKept = committed.answers.some(({ status }) => status === "stored");
      if (!isKept) await this.#withdraw(id, ticket, bundles.keys());
    }
    return answers;
  }

  async #askLayout(id: string): Promise<Layout> {
    const { layout } = await this.enter(id, []);
    return layout;
  }

  /** Of what was refused nothing has to be kept. What fails here is forgotten with time. */
  async #withdraw(id: string, ticket: string, shards: Iterable<number>): Promise<void> {
    const all = [...shards].map((shard) => shardAt(this.env, id, shard).withdraw(ticket));
    await Promise.allSettled(all);
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

/** Layouts kept, by incident. */
const LAYOUTS_MAX = 1_000;

/** Layouts of the incidents that batches came for last. */
class LayoutCache {
  #known = new Map<string, Layout>();

  get(id: string): Layout | undefined {
    return this.#known.get(id);
  }

  set(id: string, layout: Layout): void {
    this.#known.delete(id);
    this.#known.set(id, layout);
    if (this.#known.size > LAYOUTS_MAX) this.#known.delete(this.#known.keys().next().value!);
  }
}

/** Names an attempt. Later ones come after earlier ones, so that rows are appended to a table. */
const newTicket = () => `${Date.now().toString(36).padStart(9, "0")}-${crypto.randomUUID()}`;

function commitOf({ header, refused, evicted, segments }: NewBatch, own: CommitBatch["own"]) {
  const sizes = segments.map((segment) => {
    const { tier, lines } = segment;
    return { tier, lines, chars: charsOf(segment) };
  });
  const { probe, sequence } = header;
  return { header: JSON.stringify(header), probe, sequence, refused, evicted, own, sizes };
}
