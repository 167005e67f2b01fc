/** Which batches become part of an incident: the hub's side of an append. */
import type { StoreLimits } from "../limits.ts";
import { decideAppend, decideEarly } from "../stores/append.ts";
import type { Appended, Evicted, Incident } from "../stores/store.ts";
import type { HubTable } from "./hub_table.ts";
import type { BeginAnswer, Commit } from "./parts.ts";

/** Whether a batch is part of the incident now. `stale`: there are more shards than it was split for. */
export type CommitAnswer =
  | { status: "stored"; row: number; incident: Incident; evicted: Evicted[] }
  | { status: Exclude<Appended["status"], "stored"> | "stale" };

/** Carries out in the hub's tables what `stores/append.ts` decides. */
export class Acknowledgement {
  constructor(
    readonly table: HubTable,
    readonly limits: () => StoreLimits,
    /** Asks the directory to let the incident keep so many characters; gives how many it may. */
    readonly grant: (incident: string, bytes: number) => Promise<number>,
  ) {}

  /** Whether a batch may come, and if so how it is to be spread. */
  begin(probe: string, sequence: number): BeginAnswer {
    const { incident, layout } = this.table;
    const isKnown = incident !== null && this.table.has(probe, sequence);
    const decision = decideEarly(incident, isKnown);
    if (decision === null) return layout;
    if (decision.status === "duplicate") this.table.saveIncident(decision.incident);
    return decision.status;
  }

  /** Acknowledges a batch whose parts the shards keep. */
  async commit(commit: Commit): Promise<CommitAnswer> {
    const { probe, sequence } = JSON.parse(commit.header) as { probe: string; sequence: number };
    for (;;) {
      const may = this.begin(probe, sequence);
      if (typeof may === "string") return { status: may };
      if (may.epoch !== commit.epoch) return { status: "stale" };
      const limits = this.limits();
      const { header, refused, evicted, sizes } = commit;
      const decision = decideAppend({
        incident: this.table.incident,
        isKnown: false,
        batch: { headerChars: header.length, refused, evicted, segments: sizes },
        roomBytes: this.table.read<number>("granted") ?? 0,
        limits,
      });
      if (decision.status === "stored") {
        const gone = this.table.insert(commit, decision.incident, limits);
        const { row } = this.table;
        return { status: "stored", row, incident: decision.incident, evicted: gone };
      }
      if (decision.status !== "account-full") return { status: decision.status };
      const { neededBytes } = decision;
      const grantedBytes = await this.grant(this.table.incident!.id, neededBytes);
      if (neededBytes > grantedBytes) return { status: "account-full" };
      this.table.write("granted", grantedBytes);
      // Others may have been acknowledged while the directory was asked: all is decided again.
    }
  }
}
