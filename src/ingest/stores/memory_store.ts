/** A store that lasts as long as its process: `trace` without a data directory, and tests. */
import type { StoreLimits } from "../limits.ts";
import { decideAppend, roomBytesOf, sizeOf } from "./append.ts";
import { decideToken } from "./create_token.ts";
import { MemoryAudit } from "./memory_audit.ts";
import { evictToFit, type RemovedSegment } from "./retention.ts";
import { gzipOf, PackedSegment } from "./packed_segment.ts";
import { charsOf } from "./segment.ts";
import {
  type Appended,
  type AuditEntry,
  type AuditQuery,
  imported,
  type ImportedIncident,
  type Incident,
  type NewBatch,
  type NewIncident,
  NO_COUNTERS,
  type Store,
  type StoredBatch,
  type StoredToken,
  type Tier,
  type TokenCreated,
} from "./store.ts";

type PackedBatch = Omit<StoredBatch, "segments"> & { segments: PackedSegment[] };

interface Kept {
  incident: Incident;
  batches: Map<number, PackedBatch>;
  rowLast: number;
  /** Rows that have a segment of a tier, oldest first: the order of eviction. */
  rows: Record<Tier, number[]>;
  /** `probe` and `sequence` of every batch ever accepted. */
  known: Set<string>;
}

/** The store in memory. */
export class MemoryStore implements Store {
  #incidents = new Map<string, Kept>();
  #tokens = new Map<string, StoredToken>();
  #audit: MemoryAudit;

  constructor(readonly limits: StoreLimits) {
    this.#audit = new MemoryAudit(limits);
  }

  createIncident(incident: NewIncident): Promise<"created" | "exists" | "full"> {
    if (this.#incidents.has(incident.id)) return Promise.resolve("exists");
    if (this.#incidents.size >= this.limits.incidentsMax) return Promise.resolve("full");
    this.#incidents.set(incident.id, {
      incident: {
        ...incident,
        arrivedMs: incident.createdMs,
        closedMs: null,
        shards: 1,
        revision: 1,
        counters: { ...NO_COUNTERS },
      },
      batches: new Map(),
      rowLast: 0,
      rows: { ordinary: [], drops: [], state: [] },
      known: new Set(),
    });
    return Promise.resolve("created");
  }

  listIncidents(): Promise<Incident[]> {
    const all = [...this.#incidents.values()].map(({ incident }) => structuredClone(incident));
    return Promise.resolve(
      all.filter(({ importing }) => !importing)
        .sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1)),
    );
  }

  getIncident(id: string): Promise<Incident | null> {
    const kept = this.#incidents.get(id);
    return Promise.resolve(kept === undefined ? null : structuredClone(kept.incident));
  }

  closeIncident(id: string, closedMs: number): Promise<boolean> {
    const kept = this.#incidents.get(id);
    if (kept === undefined) return Promise.resolve(false);
    if (kept.incident.closedMs === null) {
      kept.incident.closedMs = closedMs;
      kept.incident.revision += 1;
    }
    return Promise.resolve(true);
  }

  finishImport(id: string, as: ImportedIncident): Promise<boolean> {
    const kept = this.#incidents.get(id);
    if (kept === undefined) return Promise.resolve(false);
    kept.incident = imported(kept.incident, as);
    return Promise.resolve(true);
  }

  growIncident(id: string): Promise<number | null> {
    return Promise.resolve(this.#incidents.get(id)?.incident.shards ?? null);
  }

  deleteIncident(id: string): Promise<boolean> {
    for (const token of this.#tokens.values()) {
      if (token.incident === id) this.#tokens.delete(token.id);
    }
    return Promise.resolve(this.#incidents.delete(id));
  }

  append(id: string, batch: NewBatch, nowMs?: number): Promise<Appended> {
    return Promise.resolve(this.#append(id, batch, nowMs));
  }

  appendAll(id: string, batches: readonly NewBatch[], nowMs?: number): Promise<Appended[]> {
    return Promise.resolve(batches.map((batch) => this.#append(id, batch, nowMs)));
  }

  #append(id: string, batch: NewBatch, nowMs?: number): Appended {
    const kept = this.#incidents.get(id);
    const key = `${batch.header.sequence} ${batch.header.probe}`;
    const { limits } = this;
    const incident = kept?.incident ?? null;
    const decision = decideAppend({
      incident,
      isKnown: kept?.known.has(key) ?? false,
      batch: sizeOf(batch, JSON.stringify(batch.header).length),
      roomBytes: roomBytesOf(incident, this.#totalBytes(), limits),
      limits,
      nowMs,
    });
    if (kept === undefined) return { status: "missing" };
    if ("incident" in decision) kept.incident = decision.incident;
    if (decision.status !== "stored") return { status: decision.status };
    kept.known.add(key);
    kept.rowLast += 1;
    const { header, refused, evicted: evictedBefore } = batch;
    const segments = batch.segments.map((segment) =>
      new PackedSegment(segment.tier, segment.lines, charsOf(segment), gzipOf(segment))
    );
    const row = kept.rowLast;
    kept.batches.set(row, { row, header, refused, evicted: evictedBefore, segments });
    for (const { tier } of batch.segments) kept.rows[tier].push(kept.rowLast);
    const { counters, revision } = decision.incident;
    const evicted = evictToFit(counters, limits, (tier) => removeOldest(kept, tier));
    return { status: "stored", row: kept.rowLast, revision, evicted };
  }

  #totalBytes(): number {
    return this.#incidents.values().reduce((sum, { incident }) => sum + incident.counters.bytes, 0);
  }

  countStrayLines(id: string, lines: number): Promise<void> {
    const kept = this.#incidents.get(id);
    if (kept !== undefined) kept.incident.counters.strayLines += lines;
    return Promise.resolve();
  }

  async *readBatches(id: string, rowMax = Infinity): AsyncIterable<StoredBatch> {
    for (const batch of this.#incidents.get(id)?.batches.values() ?? []) {
      if (batch.row > rowMax) return;
      yield await Promise.resolve({ ...batch, segments: [...batch.segments] });
    }
  }

  extent(id: string): Promise<{ rowMax: number; batches: number }> {
    const kept = this.#incidents.get(id);
    return Promise.resolve({ rowMax: kept?.rowLast ?? 0, batches: kept?.batches.size ?? 0 });
  }

  createToken(token: StoredToken): Promise<TokenCreated> {
    const decided = decideToken(
      token,
      this.#tokensOf(token.incident),
      this.limits.tokensPerIncidentMax,
    );
    if (decided === "created") this.#tokens.set(token.id, { ...token });
    return Promise.resolve(decided);
  }

  #tokensOf(incident: string | null): StoredToken[] {
    return [...this.#tokens.values()].filter((token) => token.incident === incident);
  }

  getToken(id: string): Promise<StoredToken | null> {
    const token = this.#tokens.get(id);
    return Promise.resolve(token === undefined ? null : { ...token });
  }

  listTokens(incident: string | null): Promise<StoredToken[]> {
    return Promise.resolve(this.#tokensOf(incident));
  }

  deleteToken(incident: string | null, id: string): Promise<boolean> {
    if (this.#tokens.get(id)?.incident !== incident) return Promise.resolve(false);
    return Promise.resolve(this.#tokens.delete(id));
  }

  appendAudit(entry: AuditEntry): Promise<void> {
    this.#audit.append(entry);
    return Promise.resolve();
  }

  listAudit(query: AuditQuery) {
    return Promise.resolve(this.#audit.list(query));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function removeOldest(kept: Kept, tier: Tier): RemovedSegment {
  const batch = kept.batches.get(kept.rows[tier].shift()!)!;
  const segment = batch.segments.find((s) => s.tier === tier)!;
  batch.segments = batch.segments.filter((s) => s !== segment);
  if (tier !== "state") batch.evicted += segment.lines;
  return { row: batch.row, lines: segment.lines, chars: segment.chars };
}
