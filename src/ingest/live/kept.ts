/**
 * Batches of incidents kept for reports, their events as rows of bytes, from which the analysis
 * reads them. Only a cache: what is not here is read from the store.
 */
import type { Event } from "../../event/event.ts";
import { readRows, rowCountOf } from "../../event/read_rows.ts";
import type { ClusterState } from "../../event/cluster/state.ts";
import type { NetnsState } from "../../event/state.ts";
import { isClusterState, isNetnsState, type StateLine } from "../../event/state_line.ts";
import { type Batch, goneOf } from "../../analysis/mod.ts";
import type { TierRows, Told } from "../intake/batches.ts";
import type { Evicted, NewBatch, Store, Tier } from "../stores/store.ts";
import { toldOf } from "./told_of.ts";

/** A batch as it was stored; with what it tells where that is known already. */
export type StoredLines = Pick<NewBatch, "header" | "refused" | "evicted" | "segments"> & {
  told?: Told;
};

const decoder = new TextDecoder();

/** A batch as the analysis takes it. What it is made of is never changed. */
class KeptBatch implements Batch {
  readonly gone: Batch["gone"];
  #told: Told["states"];
  #states: NetnsState[] | undefined;

  constructor(
    readonly header: Batch["header"],
    readonly refused: number,
    readonly evicted: number,
    readonly tiers: readonly TierRows[],
    states: Told["states"],
  ) {
    this.#told = states;
    if (evicted > 0) this.gone = goneOf({ header, evicted, drops: linesOf(tiers, "drops") });
  }

  /** Other objects each time, which read from the same rows. */
  get events(): Event[] {
    return this.tiers.flatMap(({ rows }) => readRows(rows));
  }

  get rows(): readonly Uint8Array[] {
    return this.tiers.map(({ rows }) => rows);
  }

  /** The same objects each time. */
  get states(): NetnsState[] {
    return this.#states ??= this.#lines().filter(isNetnsState);
  }

  /** As above, without what namespaces told. */
  get cluster(): ClusterState[] {
    return this.header.teller === "cluster" ? this.#lines().filter(isClusterState) : [];
  }

  #lines(): StateLine[] {
    if (this.#told instanceof Uint8Array) {
      this.#told = JSON.parse(decoder.decode(this.#told)) as StateLine[];
    }
    return this.#told;
  }

  without(gone: Tier): KeptBatch {
    const tiers = this.tiers.filter(({ tier }) => tier !== gone);
    const evicted = this.evicted + linesOf(this.tiers, gone);
    const states = gone === "state" ? [] : this.#told;
    return new KeptBatch(this.header, this.refused, evicted, tiers, states);
  }
}

/** How many events of a tier there are. */
const linesOf = (tiers: readonly TierRows[], wanted: Tier): number =>
  tiers.filter(({ tier }) => tier === wanted)
    .reduce((sum, { rows }) => sum + rowCountOf(rows), 0);

/** A batch that was not read yet: its lines, without those of tiers that are gone. */
type Unread = StoredLines;

/** The batches of an incident, for one report. */
export interface GivenBatches {
  /** Batches that are given again are the same objects. */
  batches: Batch[];
  /** The same object for as long as that holds. */
  lasting: object;
}

interface Entry {
  rows: Map<number, KeptBatch | Unread>;
  /** Bytes of rows and of lines that were not read yet. */
  bytes: number;
}

type Change = { row: number; batch: StoredLines | null; evicted: Evicted[] };

/** Batches by incident; those unused for longest go first. */
export class KeptIncidents {
  #entries = new Map<string, Entry>();
  /** Changes that arrive while their incident is being read back. */
  #loading = new Map<string, { changes: Change[]; done: Promise<Entry> }>();

  /** `bytesMax`: of all incidents, beyond the one in use. */
  constructor(readonly store: Pick<Store, "readBatches">, readonly bytesMax = BYTES_MAX) {}

  /** Nothing is kept, nor being read. */
  get isEmpty(): boolean {
    return this.#entries.size === 0 && this.#loading.size === 0;
  }

  /** Takes what was just stored. An incident nobody has read yet stays unread. */
  add(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void {
    const change = { row, batch, evicted };
    this.#loading.get(incident)?.changes.push(change);
    const entry = this.#entries.get(incident);
    if (entry !== undefined) apply(entry, change);
    else if (row === 1) {
      const begun: Entry = { rows: new Map(), bytes: 0 };
      apply(begun, change);
      this.#entries.set(incident, begun);
      this.#bound(incident);
    }
  }

  evict(incident: string, evicted: Evicted[]): void {
    const change = { row: 0, batch: null, evicted };
    this.#loading.get(incident)?.changes.push(change);
    const entry = this.#entries.get(incident);
    if (entry !== undefined) apply(entry, change);
  }

  /** Also whatever a reading in progress would bring. */
  forget(incident: string): void {
    this.#entries.delete(incident);
    this.#loading.delete(incident);
  }

  /** All batches of an incident as the analysis takes them. Not to be changed by the caller. */
  async batches(incident: string): Promise<GivenBatches> {
    const entry = this.#entries.get(incident) ?? await this.#load(incident);
    for (const [row, kept] of entry.rows) if (!(kept instanceof KeptBatch)) read(entry, row, kept);
    // Last in the order of the map is last to be thrown out.
    if (this.#entries.delete(incident)) this.#entries.set(incident, entry);
    this.#bound(incident);
    return { batches: [...entry.rows.values()] as KeptBatch[], lasting: entry };
  }

  #load(incident: string): Promise<Entry> {
    const running = this.#loading.get(incident);
    if (running !== undefined) return running.done;
    const changes: Change[] = [];
    const done = this.#read(incident, changes);
    this.#loading.set(incident, { changes, done });
    return done;
  }

  async #read(incident: string, changes: Change[]): Promise<Entry> {
    const entry: Entry = { rows: new Map(), bytes: 0 };
    try {
      for await (const stored of this.store.readBatches(incident)) {
        apply(entry, { row: stored.row, batch: stored, evicted: [] });
      }
      for (const change of changes) apply(entry, change);
      if (this.#loading.get(incident)?.changes === changes) this.#entries.set(incident, entry);
      return entry;
    } finally {
      if (this.#loading.get(incident)?.changes === changes) this.#loading.delete(incident);
    }
  }

  /** Throws out the incidents unused for longest, never `keep`. */
  #bound(keep: string): void {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += entry.bytes;
    for (const [incident, entry] of this.#entries) {
      if (bytes <= this.bytesMax) return;
      if (incident === keep) continue;
      this.#entries.delete(incident);
      bytes -= entry.bytes;
    }
  }
}

const BYTES_MAX = 64 * 1024 * 1024;

function apply(entry: Entry, { row, batch, evicted }: Change): void {
  if (batch !== null && !entry.rows.has(row)) {
    const { header, refused, evicted, told, segments } = batch;
    if (told === undefined) put(entry, row, { header, refused, evicted, segments });
    else put(entry, row, new KeptBatch(header, refused, evicted, told.events, told.states));
  }
  for (const { row, tier } of evicted) {
    const kept = entry.rows.get(row);
    if (kept === undefined) continue;
    if (kept instanceof KeptBatch) put(entry, row, kept.without(tier));
    else {
      const segments = kept.segments.filter((segment) => segment.tier !== tier);
      const gone = tier === "state" ? [] : kept.segments.filter((segment) => segment.tier === tier);
      const evicted = gone.reduce((sum, { lines }) => sum + lines, kept.evicted);
      put(entry, row, { ...kept, evicted, segments });
    }
  }
}

/** Reads the lines of a batch that comes from the store. */
function read(entry: Entry, row: number, { header, refused, evicted, segments }: Unread): void {
  const { told, unreadable } = toldOf(segments);
  put(entry, row, new KeptBatch(header, refused + unreadable, evicted, told.events, told.states));
}

function put(entry: Entry, row: number, batch: KeptBatch | Unread): void {
  const before = entry.rows.get(row);
  entry.bytes += bytesOf(batch) - (before === undefined ? 0 : bytesOf(before));
  entry.rows.set(row, batch);
}

function bytesOf(batch: KeptBatch | Unread): number {
  if (batch instanceof KeptBatch) {
    return batch.tiers.reduce((sum, { rows }) => sum + rows.length, 0);
  }
  return batch.segments.reduce((sum, segment) => sum + (segment.gzip ?? segment.text).length, 0);
}
