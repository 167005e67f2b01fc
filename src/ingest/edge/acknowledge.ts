/** Which batches become part of an incident: the hub's side of an append. */
import type { StoreLimits } from "../limits.ts";
import { decideAppend } from "../stores/append.ts";
import type { Appended, Evicted, Incident } from "../stores/store.ts";
import type { HubTable } from "./hub_table.ts";
import type { Commit, CommitBatch, Committed } from "./parts.ts";

/** A batch that is part of the incident now. */
export interface Stored {
  /** Its number in the order of acceptance, from 1. */
  row: number;
  batch: CommitBatch;
  /** What had to be evicted for it. */
  evicted: Evicted[];
}

interface Facts {
  commit: Commit;
  /** Told of after all of them are stored. */
  stored: Stored[];
}

/** Carries out in the hub's tables what `stores/append.ts` decides. */
export class Acknowledgement {
  constructor(
    /** The tables as they are now: a deleted incident leaves new ones behind. */
    readonly tableNow: () => HubTable,
    readonly limits: () => StoreLimits,
    /** Asks the directory to let the incident keep so many characters; gives how many it may. */
    readonly grant: (incident: string, bytes: number) => Promise<number>,
    /** Told in the same turn in which batches are stored, so that they are told in their order. */
    readonly onStored: (incident: Incident, stored: Stored[]) => void,
  ) {}

  /** Acknowledges batches whose parts the shards keep. */
  async commit(commit: Commit): Promise<Committed> {
    const answers: Appended[] = [];
    for (;;) {
      const table = this.tableNow();
      const { layout, incident } = table;
      if (incident !== null && layout.epoch !== commit.epoch) return { answers, layout };
      const facts: Facts = { commit, stored: [] };
      const neededBytes = table.transaction(() => this.#takeAll(table, facts, answers));
      if (facts.stored.length > 0) this.onStored(table.incident!, facts.stored);
      if (neededBytes === null) return { answers, layout };
      const grantedBytes = await this.grant(table.incident!.id, neededBytes);
      if (neededBytes > grantedBytes) answers.push({ status: "account-full" });
      else this.tableNow().write("granted", grantedBytes);
      // While the directory was asked others may have been acknowledged, or the incident deleted: all
      // is decided again.
    }
  }

  /** Goes on after the batches that have answers; gives for what it needs more room, or null. */
  #takeAll(table: HubTable, facts: Facts, answers: Appended[]): number | null {
    const { commit: { ticket, batches }, stored } = facts;
    const isOneOfMany = batches.length > 1;
    const nowMs = Date.now();
    const limits = this.limits();
    const roomBytes = table.read<number>("granted") ?? 0;
    let neededBytes: number | null = null;
    for (let at = answers.length; at < batches.length && neededBytes === null; at++) {
      const batch = batches[at]!;
      const { header, refused, evicted, sizes, probe, sequence } = batch;
      const decision = decideAppend({
        incident: table.incident,
        isKnown: table.incident !== null && table.has(probe, sequence),
        batch: { headerChars: header.length, refused, evicted, segments: sizes },
        ...{ roomBytes, limits, nowMs },
      });
      if (decision.status === "account-full") ({ neededBytes } = decision);
      else if (decision.status === "stored") {
        const { incident } = decision;
        const gone = table.insert(batch, { ticket, at, isOneOfMany }, incident, limits);
        const { row } = table;
        stored.push({ row, batch, evicted: gone });
        answers.push({ status: "stored", row, revision: incident.revision, evicted: gone });
      } else {
        if (decision.status === "duplicate") table.saveIncident(decision.incident);
        answers.push({ status: decision.status });
      }
    }
    if (isOneOfMany && stored.length > 0) table.save();
    return neededBytes;
  }
}
