/** Which batches become part of an incident: the hub's side of an append. */
import type { StoreLimits } from "../limits.ts";
import { decideAppend, decideEarly } from "../stores/append.ts";
import type { Appended, Evicted, Incident } from "../stores/store.ts";
import type { HubTable } from "./hub_table.ts";
import type { BeginAnswer, Commit } from "./parts.ts";

/** A batch that is part of the incident now. `incident` is as it was saved with it. */
export interface Stored {
  status: "stored";
  /** Its number in the order of acceptance, from 1. */
  row: number;
  incident: Incident;
  /** What had to be evicted for it. */
  evicted: Evicted[];
}

/** Whether a batch is part of the incident now. `stale`: there are more shards than it was split for. */
export type CommitAnswer =
  | Stored
  | { status: Exclude<Appended["status"], "stored"> | "stale" };

/** Carries out in the hub's tables what `stores/append.ts` decides. */
export class Acknowledgement {
  constructor(
    /** The tables as they are now: a deleted incident leaves new ones behind. */
    readonly tableNow: () => HubTable,
    readonly limits: () => StoreLimits,
    /** Asks the directory to let the incident keep so many characters; gives how many it may. */
    readonly grant: (incident: string, bytes: number) => Promise<number>,
    /** Told in the same turn in which a batch is stored, so that batches are told in their order. */
    readonly onStored: (stored: Stored) => void,
  ) {}

  /** Whether a batch may come, and if so how it is to be spread. */
  begin(probe: string, sequence: number): BeginAnswer {
    const table = this.tableNow();
    const { incident, layout } = table;
    const isKnown = incident !== null && table.has(probe, sequence);
    const decision = decideEarly(incident, isKnown);
    if (decision === null) return layout;
    if (decision.status === "duplicate") table.saveIncident(decision.incident);
    return decision.status;
  }

  /** Acknowledges a batch whose parts the shards keep. */
  async commit(commit: Commit): Promise<CommitAnswer> {
    const { probe, sequence } = JSON.parse(commit.header) as { probe: string; sequence: number };
    for (;;) {
      const may = this.begin(probe, sequence);
      if (typeof may === "string") return { status: may };
      if (may.epoch !== commit.epoch) return { status: "stale" };
      const table = this.tableNow();
      const limits = this.limits();
      const { header, refused, evicted, sizes } = commit;
      const decision = decideAppend({
        incident: table.incident,
        isKnown: false,
        batch: { headerChars: header.length, refused, evicted, segments: sizes },
        roomBytes: table.read<number>("granted") ?? 0,
        limits,
        // The hub's own clock: the batch went through another machine.
        nowMs: Date.now(),
      });
      if (decision.status === "stored") {
        const gone = table.insert(commit, decision.incident, limits);
        const { row } = table;
        const { incident } = decision;
        const stored: Stored = { status: "stored", row, incident, evicted: gone };
        this.onStored(stored);
        return stored;
      }
      if (decision.status !== "account-full") return { status: decision.status };
      const { neededBytes } = decision;
      const grantedBytes = await this.grant(table.incident!.id, neededBytes);
      if (neededBytes > grantedBytes) return { status: "account-full" };
      this.tableNow().write("granted", grantedBytes);
      // While the directory was asked others may have been acknowledged, or the incident deleted: all
      // is decided again.
    }
  }
}
