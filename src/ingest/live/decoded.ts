/**
 * Decoded batches, kept beside the store so that a live report need not decode its incident again.
 * Only a cache: what is not here is read back from the store.
 */
import { decodeLine, LineError } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Batch } from "../../analysis/mod.ts";
import { tierOf } from "../intake/batches.ts";
import type { Evicted, NewBatch, Store, StoredBatch } from "../stores/store.ts";

/** A batch as the analysis takes it. */
export type DecodedBatch = Pick<NewBatch, "header" | "refused"> & {
  events: Event[];
  states: NetnsState[];
};

interface Entry {
  rows: Map<number, Batch>;
  events: number;
}

type Change = { row: number; batch: DecodedBatch | null; evicted: Evicted[] };

/** Decoded batches by incident; those unused for longest go first. */
export class DecodedIncidents {
  #entries = new Map<string, Entry>();
  /** Changes that arrive while their incident is being read back. */
  #loading = new Map<string, { changes: Change[]; done: Promise<Entry> }>();

  constructor(readonly store: Pick<Store, "readBatches">, readonly eventsMax: number) {}

  /** Takes what was just stored. An incident nobody has read yet stays unread. */
  add(incident: string, row: number, batch: DecodedBatch, evicted: Evicted[]): void {
    const change = { row, batch, evicted };
    this.#loading.get(incident)?.changes.push(change);
    const entry = this.#entries.get(incident);
    if (entry !== undefined) apply(entry, change);
    else if (row === 1) {
      const begun: Entry = { rows: new Map(), events: 0 };
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
  async batches(incident: string): Promise<Batch[]> {
    const entry = this.#entries.get(incident) ?? await this.#load(incident);
    // Last in the order of the map is last to be thrown out.
    if (this.#entries.delete(incident)) this.#entries.set(incident, entry);
    this.#bound(incident);
    return [...entry.rows.values()];
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
    const entry: Entry = { rows: new Map(), events: 0 };
    try {
      for await (const stored of this.store.readBatches(incident)) {
        apply(entry, { row: stored.row, batch: decodeStored(stored), evicted: [] });
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
    let events = 0;
    for (const entry of this.#entries.values()) events += entry.events;
    for (const [incident, entry] of this.#entries) {
      if (events <= this.eventsMax) return;
      if (incident === keep) continue;
      this.#entries.delete(incident);
      events -= entry.events;
    }
  }
}

function apply(entry: Entry, { row, batch, evicted }: Change): void {
  if (batch !== null && !entry.rows.has(row)) {
    const { header, events, states, refused } = batch;
    entry.rows.set(row, { header, events, states, refused });
    entry.events += events.length;
  }
  for (const gone of evicted) {
    const from = entry.rows.get(gone.row);
    if (from === undefined) continue;
    if (gone.tier === "state") {
      entry.rows.set(gone.row, { ...from, states: [] });
    } else {
      const events = from.events.filter((event) => tierOf(event) !== gone.tier);
      entry.events -= from.events.length - events.length;
      entry.rows.set(gone.row, { ...from, events });
    }
  }
}

/** The stored batch, decoded. A line that this version of the codec can't read counts as refused. */
export function decodeStored({ header, refused, segments }: StoredBatch): DecodedBatch {
  const batch: DecodedBatch = { header, refused, events: [], states: [] };
  for (const { text } of segments) {
    for (const line of text.split("\n")) {
      if (line !== "") decodeInto(batch, line);
    }
  }
  return batch;
}

function decodeInto(batch: DecodedBatch, line: string): void {
  try {
    const decoded = decodeLine(line);
    if (decoded.type === "event") batch.events.push(decoded.event);
    else if (decoded.type === "state") batch.states.push(decoded.state);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    batch.refused += 1;
  }
}
