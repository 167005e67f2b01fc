/** Counts of packets as a node's batches tell them: by flow and place, one reading after the other. Rule O23. */
import { DIGEST_SUM_RANGE } from "../../event/digest.ts";
import type { Event } from "../../event/event.ts";
import { COUNTERS_MAX } from "../../event/counters_max.ts";
import { EPOCH_AT, NO_FLOW, NUMBERED_AT, type Reading, TOGETHER, UNCLEAR } from "./count_lines.ts";
import { KnownFlows, type SeenFlow } from "./known_flows.ts";

/**
 * Flows at places that wait to be told: all of a reading, and as many from before. Of what has no room the
 * place alone is told.
 */
const PENDING_MAX = 2 * COUNTERS_MAX;
/** So many readings a flow waits for a packet that tells which it is: a minute's. */
const WAITS_MAX = 60;

/** So many readings are kept as they are until some are told, and so many lines of them; older ones together. */
const HELD_MAX = 20;
const HELD_LINES_MAX = 32_768;

const HASH = (1n << EPOCH_AT) - 1n;

/** Packets at one place, of one flow or of those that nobody can tell apart. */
interface Counted {
  place: bigint;
  /** By its hash; null for all of the place. */
  flow: bigint | null;
  /** Stretch of its sequence numbers or IP ids, by `bpf/lib/count.bt`. */
  epoch: number;
  counted: number;
  /** Bytes of the payload of those that were counted. */
  bytes: number;
  /** How many of them were segments of packets that were put together. */
  together: number;
  /** What is summed up of the packets that have a digest, and how many they are. */
  digest: { packets: number; sum: number };
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
  /** The last readings, as long as none are told. */
  #held: Reading[] = [];
  #heldLines = 0;
  /** When the last of those before was, which are put together; null: there is none. */
  #togetherNs: bigint | null = null;
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
   * false, and then all since counting began.
   */
  take(reading: Reading, source: object, isTold: boolean): ToldReading[] {
    const follows = source === this.#source && reading.number === this.#last + 1 && reading.isWhole;
    this.#source = source;
    this.#last = reading.number;
    if (!follows) {
      // What is between is not known: the next one counts from here, and a number is left out.
      this.#pending.clear();
      [this.#held, this.#heldLines, this.#togetherNs] = [[], 0, null];
      if (this.#begunNs === null && this.#next > 0) this.#next += 1;
      this.#begunNs = reading.timeNs;
      return [];
    }
    this.#hold(reading);
    return isTold ? this.tell() : [];
  }

  #hold(reading: Reading): void {
    this.#held.push(reading);
    this.#heldLines += reading.flows.length;
    while (
      this.#held.length > HELD_MAX || (this.#heldLines > HELD_LINES_MAX && this.#held.length > 1)
    ) {
      const oldest = this.#held.shift()!;
      this.#heldLines -= oldest.flows.length;
      this.#add(oldest);
      this.#togetherNs = oldest.timeNs;
    }
  }

  /** All that was not told yet. */
  tell(): ToldReading[] {
    const told: ToldReading[] = [];
    // That counting began anew says that something is missing before: of the last one at the end, which
    // was cut off, nothing comes after that.
    if (this.#next > 0 && this.#held.length === 0) return told;
    const tell = (timeNs: bigint, rows: ToldReading["rows"]) =>
      told.push({ number: this.#next++, timeNs, rows });
    if (this.#begunNs !== null) tell(this.#begunNs, []);
    if (this.#togetherNs !== null) tell(this.#togetherNs, this.#rows());
    for (const reading of this.#held) {
      this.#add(reading);
      tell(reading.timeNs, this.#rows());
    }
    this.#begunNs = null;
    [this.#held, this.#heldLines, this.#togetherNs] = [[], 0, null];
    return told;
  }

  #add({ flows, digests, places }: Reading): void {
    const left = new Map(places);
    for (const { place, flow, packets, bytes } of flows) {
      left.set(place, (left.get(place) ?? 0) - packets);
      if ((flow & NO_FLOW) !== 0n) continue;
      const isUnclear = (flow & UNCLEAR) !== 0n;
      const together = (flow & TOGETHER) === 0n ? 0 : packets;
      this.#count(place, flow & HASH, epochOf(flow), { packets, bytes, together, isUnclear });
    }
    for (const { place, flow, packets, sum } of digests) {
      // Without its packets, which found no room, it says nothing.
      const of = this.#pending.get(keyOf(place, flow, 0));
      if (of === undefined) continue;
      of.digest.packets += packets;
      of.digest.sum = (of.digest.sum + sum) % DIGEST_SUM_RANGE;
    }
    // More or less than the flows have together: some had no counter, or a map was not printed whole.
    for (const [place, packets] of left) {
      if (packets !== 0) this.#count(place, null, 0, unclear(Math.abs(packets)));
    }
  }

  #count(
    place: bigint,
    flow: bigint | null,
    epoch: number,
    more: { packets: number; bytes: number; together: number; isUnclear: boolean },
  ): void {
    const key = keyOf(place, flow, epoch);
    let counted = this.#pending.get(key);
    if (counted === undefined) {
      if (flow !== null && this.#pending.size >= PENDING_MAX) {
        return this.#count(place, null, 0, unclear(more.packets));
      }
      counted = {
        ...{ place, flow, epoch, counted: 0, bytes: 0, together: 0, uncounted: 0, waited: 0 },
        digest: { packets: 0, sum: 0 },
      };
      this.#pending.set(key, counted);
    }
    if (more.isUnclear) counted.uncounted += more.packets;
    else counted.counted += more.packets;
    counted.bytes += more.bytes;
    counted.together += more.together;
  }

  /** Takes what can be told. A flow that no told packet was of waits, at all of its places. */
  #rows(): ToldReading["rows"] {
    const rows: ToldReading["rows"] = [];
    const all = [...this.#pending];
    for (const [key, counted] of all) {
      const { place, flow } = counted;
      if (flow === null) continue;
      const seen = this.#flows.get(flow);
      if (seen !== undefined) rows.push(rowOf(counted, seen.flow, seen.digests.areDistinct));
      else if (++counted.waited <= WAITS_MAX) continue;
      else this.#count(place, null, 0, unclear(counted.counted + counted.uncounted));
      this.#pending.delete(key);
    }
    for (const [key, counted] of [...this.#pending]) {
      if (counted.flow !== null) continue;
      rows.push(rowOf(counted, {}, false));
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

/** So many packets of which nobody knows what they are. */
const unclear = (packets: number) => ({ packets, bytes: 0, together: 0, isUnclear: true });

/** Six bits of its number, or five of IP ids, and two of what is numbered. */
function epochOf(flow: bigint): number {
  const numbered = Number((flow >> NUMBERED_AT) & 3n);
  const number = Number((flow >> EPOCH_AT) & 63n);
  return numbered === 0 ? number & 31 : numbered * 64 + number;
}

const keyOf = (place: bigint, flow: bigint | null, epoch: number) =>
  `${place} ${flow ?? ""} ${epoch}`;

/** A digest says something only where packets differ, and when all of them are in it. */
const rowOf = (
  { place, flow: hash, epoch, counted, bytes, together, digest, uncounted, waited }: Counted,
  flow: Partial<SeenFlow>,
  areDistinct: boolean,
): ToldReading["rows"][number] => ({
  netns: Number(place >> 32n),
  ifindex: Number((place >> 2n) & 0x3fffffffn),
  countedAt: Number(place & 3n),
  ...flow,
  counted,
  ...(uncounted > 0 ? { uncounted } : {}),
  ...(epoch > 0 ? { epoch } : {}),
  ...(waited > 0 ? { waited } : {}),
  ...(hash === null ? {} : { countedBytes: bytes, countedTogether: together }),
  ...(areDistinct && digest.packets === counted ? { countedDigest: digest.sum } : {}),
});
