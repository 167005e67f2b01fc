/** Counts of packets as a node's batches tell them: by flow and place, one reading after the other. Rule O23. */
import type { Event } from "../../event/event.ts";
import type { Reading } from "./count_lines.ts";
import { KnownFlows, type SeenFlow } from "./known_flows.ts";

/** Flows at places that wait to be told; of what has no room the place alone is told. */
const PENDING_MAX = 8_192;
/** So many readings a flow waits for a packet that tells which it is: a minute's. */
const WAITS_MAX = 60;

/** No ports tell it apart from others: it is no flow of its own. */
const NO_FLOW = 1n << 62n;
/** Nobody says how many segments its packets had. */
const UNCLEAR = 1n << 61n;

/** Packets at one place, of one flow or of those that nobody can tell apart. */
interface Counted {
  place: bigint;
  /** By its hash; null for all of the place. */
  flow: bigint | null;
  counted: number;
  uncounted: number;
  /** Readings in which it could not be told, because nobody knew which flow it is. */
  waited: number;
}

/** What one reading tells: events of `counted`, without when they were. */
export interface ToldReading {
  /** Readings from 0 on; one that is left out was not whole. */
  number: number;
  timeNs: bigint;
  rows: Omit<Event, "kind" | "timeNs" | "cpu">[];
}

/** Takes readings, holds what they counted until it is to be told, and tells where one is missing. */
export class Counters {
  #pending = new Map<string, Counted>();
  #source: object | null = null;
  /** The reading that was taken last, by its bpftrace's number. */
  #last = -1;
  /** The number of the next reading that is told. */
  #next = 0;
  /** When counting began, or began anew; null once that was told. */
  #begunNs: bigint | null = null;
  readonly #flows: KnownFlows;

  /** `hashOf`: what the kernel makes of the words of a flow. */
  constructor(hashOf: (words: readonly bigint[]) => bigint) {
    this.#flows = new KnownFlows(hashOf);
  }

  /** A packet that was told: only so is it known which flow a hash is of. */
  note(event: Event): void {
    this.#flows.note(event);
  }

  /**
   * A reading of one bpftrace, `source`. Returns what is to be told: nothing as long as `isTold` is
   * false, and then all since counting began in the first one.
   */
  take(reading: Reading, source: object, isTold: boolean): ToldReading[] {
    const follows = source === this.#source && reading.number === this.#last + 1 && reading.isWhole;
    this.#source = source;
    this.#last = reading.number;
    if (!follows) {
      // What is between is not known: the next one counts from here, and a number is left out.
      this.#pending.clear();
      if (this.#begunNs === null && this.#next > 0) this.#next += 1;
      this.#begunNs = reading.timeNs;
      return [];
    }
    this.#add(reading);
    if (!isTold) return [];
    const told: ToldReading[] = [];
    if (this.#begunNs !== null) {
      told.push({ number: this.#next++, timeNs: this.#begunNs, rows: [] });
      this.#begunNs = null;
    }
    told.push({ number: this.#next++, timeNs: reading.timeNs, rows: this.#rows() });
    return told;
  }

  #add({ flows, places }: Reading): void {
    const left = new Map(places);
    for (const { place, flow, packets } of flows) {
      left.set(place, (left.get(place) ?? 0) - packets);
      if ((flow & NO_FLOW) !== 0n) continue;
      this.#count(place, flow & ~UNCLEAR, packets, (flow & UNCLEAR) !== 0n);
    }
    // More or less than the flows have together: some had no counter, or a map was not printed whole.
    for (const [place, packets] of left) {
      if (packets !== 0) this.#count(place, null, Math.abs(packets), true);
    }
  }

  #count(place: bigint, flow: bigint | null, packets: number, isUnclear: boolean): void {
    const key = `${place} ${flow ?? ""}`;
    let counted = this.#pending.get(key);
    if (counted === undefined) {
      if (flow !== null && this.#pending.size >= PENDING_MAX) {
        return this.#count(place, null, packets, true);
      }
      counted = { place, flow, counted: 0, uncounted: 0, waited: 0 };
      this.#pending.set(key, counted);
    }
    if (isUnclear) counted.uncounted += packets;
    else counted.counted += packets;
  }

  /** Takes what can be told. A flow that no told packet was of waits, at all of its places. */
  #rows(): ToldReading["rows"] {
    const rows: ToldReading["rows"] = [];
    const all = [...this.#pending];
    for (const [key, counted] of all) {
      const { place, flow } = counted;
      if (flow === null) continue;
      const seen = this.#flows.get(flow);
      if (seen !== undefined) rows.push(rowOf(counted, seen));
      else if (++counted.waited <= WAITS_MAX) continue;
      else this.#count(place, null, counted.counted + counted.uncounted, true);
      this.#pending.delete(key);
    }
    for (const [key, counted] of [...this.#pending]) {
      if (counted.flow !== null) continue;
      rows.push(rowOf(counted, {}));
      this.#pending.delete(key);
    }
    return rows;
  }
}

/**
 * One reading of a node as events: first one that says how many follow, then those, a nanosecond apart
 * because two events of one moment would be one that came twice.
 */
export function readingEvents({ number, timeNs, rows }: ToldReading): Event[] {
  const of = (i: number) => ({ kind: "counted" as const, timeNs: timeNs + BigInt(i), cpu: 0 });
  return [
    { ...of(0), reading: number, counted: rows.length },
    ...rows.map((row, i) => ({ ...of(i + 1), ...row, reading: number })),
  ];
}

const rowOf = (
  { place, counted, uncounted }: Counted,
  flow: Partial<SeenFlow>,
): ToldReading["rows"][number] => ({
  netns: Number(place >> 32n),
  ifindex: Number((place >> 2n) & 0x3fffffffn),
  countedAt: Number(place & 3n),
  ...flow,
  counted,
  ...(uncounted > 0 ? { uncounted } : {}),
});
