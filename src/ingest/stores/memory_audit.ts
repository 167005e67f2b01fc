/** The audit in memory. */
import type { StoreLimits } from "../limits.ts";
import type { AuditEntry, AuditQuery, StoredAuditEntry } from "./store.ts";

/** Entries of the audit, bounded, in memory. */
export class MemoryAudit {
  /** Oldest first: reads and changes, each bounded by itself. */
  #kept: Record<"reads" | "changes", StoredAuditEntry[]> = { reads: [], changes: [] };
  #last = 0;

  constructor(readonly limits: Pick<StoreLimits, "auditReadsMax" | "auditChangesMax">) {}

  append(entry: AuditEntry): void {
    const kept = entry.change ? this.#kept.changes : this.#kept.reads;
    kept.push({ ...entry, id: ++this.#last });
    const { auditReadsMax, auditChangesMax } = this.limits;
    if (kept.length > (entry.change ? auditChangesMax : auditReadsMax)) kept.shift();
  }

  list({ incident, before = Infinity, limit }: AuditQuery) {
    const { reads, changes } = this.#kept;
    const entries = [...reads, ...changes]
      .filter((entry) => entry.id < before && (incident ?? entry.incident) === entry.incident)
      .sort((a, b) => b.id - a.id)
      .slice(0, limit)
      .map((entry) => ({ ...entry }));
    return { entries, evicted: this.#last - reads.length - changes.length };
  }
}
