/**
 * Batches of incidents kept for reports: compact, as their lines, and as events only up to a bound.
 * Only a cache: what is not here is read back from the store.
 */
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Batch } from "../../analysis/mod.ts";
import { tierOf } from "../intake/batches.ts";
import type { Evicted, NewBatch, Store, Tier } from "../stores/store.ts";
import { decodeLines } from "./decode_lines.ts";

/** A batch as it was stored; with its events and states where those are known already. */
export type StoredLines = Pick<NewBatch, "header" | "refused" | "segments"> & {
  events?: Event[];
  states?: NetnsState[];
};

/** How lines are kept. */
export interface Packing {
  pack: (text: string) => Uint8Array;
  unpack: (packed: Uint8Array) => Uint8Array;
}

/** Lines as they are: for who has no room to spare for packing, or little to keep. */
export const AS_THEY_ARE: Packing = {
  pack: (text) => new TextEncoder().encode(text),
  unpack: (packed) => packed,
};

/** A batch that is kept. What is decoded is dropped when there is too much of it. */
interface Kept extends Pick<NewBatch, "header" | "refused"> {
  segments: { tier: Tier; packed: Uint8Array }[];
  decoded: Batch | null;
}

/** The batches of an incident, for one report. */
export interface GivenBatches {
  batches: Batch[];
  /** The same object while these batches are given again as the same objects; null: they are not. */
  lasting: object | null;
}

interface Entry {
  rows: Map<number, Kept>;
  /** Events that are kept decoded. */
  events: number;
  /** Bytes of packed lines. */
  bytes: number;
}

type Change = { row: number; batch: StoredLines | null; evicted: Evicted[] };

/** Batches by incident; those unused for longest go first. */
export class KeptIncidents {
  #entries = new Map<string, Entry>();
  /** Changes that arrive while their incident is being read back. */
  #loading = new Map<string, { changes: Change[]; done: Promise<Entry> }>();

  constructor(
    readonly store: Pick<Store, "readBatches">,
    readonly decodedEventsMax: number,
    readonly packing: Packing = AS_THEY_ARE,
  ) {}

  /** Takes what was just stored. An incident nobody has read yet stays unread. */
  add(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void {
    const change = { row, batch, evicted };
    this.#loading.get(incident)?.changes.push(change);
    const entry = this.#entries.get(incident);
    if (entry !== undefined) this.#apply(entry, change);
    else if (row === 1) {
      const begun: Entry = { rows: new Map(), events: 0, bytes: 0 };
      this.#apply(begun, change);
      this.#entries.set(incident, begun);
      this.#bound(incident);
    }
  }

  evict(incident: string, evicted: Evicted[]): void {
    const change = { row: 0, batch: null, evicted };
    this.#loading.get(incident)?.changes.push(change);
    const entry = this.#entries.get(incident);
    if (entry !== undefined) this.#apply(entry, change);
  }

  /** Also whatever a reading in progress would bring. */
  forget(incident: string): void {
    this.#entries.delete(incident);
    this.#loading.delete(incident);
  }

  /** All batches of an incident as the analysis takes them. Not to be changed by the caller. */
  async batches(incident: string): Promise<GivenBatches> {
    const entry = this.#entries.get(incident) ?? await this.#load(incident);
    // Last in the order of the map is last to be thrown out.
    if (this.#entries.delete(incident)) this.#entries.set(incident, entry);
    this.#bound(incident);
    let others = 0;
    for (const { events } of this.#entries.values()) others += events;
    others -= entry.events;
    const kept = [...entry.rows.values()];
    const batches = kept.map((each) => this.#decoded(entry, each, others));
    return { batches, lasting: kept.every(({ decoded }) => decoded !== null) ? entry : null };
  }

  /** The batch, which stays decoded while there is room beside the `others`. */
  #decoded(entry: Entry, kept: Kept, others: number): Batch {
    if (kept.decoded !== null) return kept.decoded;
    const batch: Batch = { header: kept.header, refused: kept.refused, events: [], states: [] };
    for (const { packed } of kept.segments) decodeLines(this.packing.unpack(packed), batch);
    if (others + entry.events + batch.events.length <= this.decodedEventsMax) {
      kept.decoded = batch;
      entry.events += batch.events.length;
    }
    return batch;
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
    const entry: Entry = { rows: new Map(), events: 0, bytes: 0 };
    try {
      for await (const stored of this.store.readBatches(incident)) {
        this.#apply(entry, { row: stored.row, batch: stored, evicted: [] });
      }
      for (const change of changes) this.#apply(entry, change);
      if (this.#loading.get(incident)?.changes === changes) this.#entries.set(incident, entry);
      return entry;
    } finally {
      if (this.#loading.get(incident)?.changes === changes) this.#loading.delete(incident);
    }
  }

  /** Throws out the incidents unused for longest, never `keep`. */
  #bound(keep: string): void {
    let events = 0;
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      events += entry.events;
      bytes += entry.bytes;
    }
    for (const [incident, entry] of this.#entries) {
      if (events <= this.decodedEventsMax && bytes <= PACKED_BYTES_MAX) return;
      if (incident === keep) continue;
      this.#entries.delete(incident);
      events -= entry.events;
      bytes -= entry.bytes;
    }
  }

  #apply(entry: Entry, { row, batch, evicted }: Change): void {
    if (batch !== null && !entry.rows.has(row)) this.#take(entry, row, batch);
    for (const gone of evicted) {
      const from = entry.rows.get(gone.row);
      if (from === undefined) continue;
      const segments = from.segments.filter(({ tier }) => tier !== gone.tier);
      entry.bytes -= bytesOf(from.segments) - bytesOf(segments);
      const decoded = from.decoded && without(from.decoded, gone.tier);
      entry.events += (decoded?.events.length ?? 0) - (from.decoded?.events.length ?? 0);
      entry.rows.set(gone.row, { ...from, segments, decoded });
    }
  }

  #take(entry: Entry, row: number, { header, refused, segments, events, states }: StoredLines) {
    const packed = segments.map(({ tier, text }) => ({ tier, packed: this.packing.pack(text) }));
    const hasRoom = events !== undefined && entry.events + events.length <= this.decodedEventsMax;
    const decoded = hasRoom ? { header, refused, events, states: states ?? [] } : null;
    entry.events += decoded?.events.length ?? 0;
    entry.bytes += bytesOf(packed);
    entry.rows.set(row, { header, refused, segments: packed, decoded });
  }
}

/** Bytes of packed lines over all incidents, beyond the one in use. */
const PACKED_BYTES_MAX = 64 * 1024 * 1024;

const bytesOf = (segments: readonly { packed: Uint8Array }[]) =>
  segments.reduce((sum, { packed }) => sum + packed.length, 0);

function without(batch: Batch, tier: Tier): Batch {
  if (tier === "state") return { ...batch, states: [] };
  return { ...batch, events: batch.events.filter((event) => tierOf(event) !== tier) };
}
