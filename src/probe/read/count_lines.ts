/** What bpftrace prints of its counters, put together to readings. Rule O23; `bpf/counted.bt`. */

import { COUNTERS_MAX } from "../../event/counters_max.ts";

/** So many packets of a flow at a place, by the words of `bpf/lib/count.bt`. */
export interface CountedFlow {
  /** A number for namespace, device and direction. */
  place: bigint;
  /** A hash, and bits that say what is not known: no number of anything. */
  flow: bigint;
  packets: number;
  /** Bytes of their payload. */
  bytes: number;
}

/** What is summed up of packets of a flow at a place that nothing numbers. */
export interface Digest {
  /** A number for namespace, device and direction. */
  place: bigint;
  /** As that of its flow. */
  flow: bigint;
  packets: number;
  /** Modulo 2^40. */
  sum: number;
}

/** From here on bits of the epoch that packets of a flow are of; below is its hash. */
export const EPOCH_AT = 52n;
/** Its packets were put together of several. */
export const TOGETHER = 1n << (EPOCH_AT + 6n);
/** Bits of what numbers them; both: it is the digest of a flow of which nothing does. */
export const NUMBERED_AT = EPOCH_AT + 7n;
/** No ports tell it apart from others: it is no flow of its own. */
export const NO_FLOW = 1n << 62n;
/** Nobody says how many segments its packets had. */
export const UNCLEAR = 1n << 61n;
const DIGEST = 3n << NUMBERED_AT;

/** Bits of the packets in what is counted of a flow; above are bytes. */
const PACKET_BITS = 24n;

/** All that was counted from the reading before up to this one. */
export interface Reading {
  /** In the order of one bpftrace, from 0, which is when counting began. */
  number: number;
  /** CLOCK_MONOTONIC when it ended. */
  timeNs: bigint;
  flows: CountedFlow[];
  digests: Digest[];
  /** Packets by place, those that had no counter of their own among them. */
  places: Map<bigint, number>;
  /** Both maps were printed, and what they had was counted since the reading before. */
  isWhole: boolean;
}

/** Lines of both maps of a reading, each bounded by bpftrace; a line beyond is not its own. */
const LINES_MAX = 2 * COUNTERS_MAX;

const linesOf = ({ flows, digests, places }: Reading) =>
  flows.length + digests.length + places.size;

const word = (text: string) => BigInt.asUintN(64, BigInt(text));

/** Reads the lines of one bpftrace, and gives each reading when the heartbeat after it comes. */
export class CountLines {
  #reading: Reading | null = null;

  constructor(readonly onReading: (reading: Reading) => void) {}

  /** A reading begins: G, when it ended and its number. Throws RangeError for what is none. */
  begin(fields: readonly string[]): void {
    this.end();
    const number = Number(fields[2]);
    if (fields.length !== 3 || !Number.isSafeInteger(number)) throw new RangeError("is cut");
    const timeNs = BigInt(fields[1]!);
    this.#reading = { number, timeNs, flows: [], digests: [], places: new Map(), isWhole: false };
  }

  /** A line of a map. Throws RangeError or SyntaxError for what is none. */
  line(text: string): void {
    const [, name, keys = "", value] = /^@(flows|places)[12]\[([-\d, ]{1,80})\]: (-?\d{1,20})$/
      .exec(text) ?? [];
    if (value === undefined) throw new RangeError("is of no map");
    const reading = this.#reading;
    // Its first line was lost, so that the next reading has a number too many.
    if (reading === null || linesOf(reading) >= LINES_MAX) return;
    const words = keys.split(", ").map(word);
    const [place, flow] = words;
    if (name === "places" && words.length === 1) reading.places.set(place!, Number(value));
    else if (name === "flows" && words.length === 2) {
      // A sum of digests wraps.
      const counted = BigInt.asUintN(64, BigInt(value));
      const packets = Number(BigInt.asUintN(Number(PACKET_BITS), counted));
      const of = { place: place!, flow: flow!, packets };
      const rest = Number(counted >> PACKET_BITS);
      if ((flow! & (DIGEST | UNCLEAR | NO_FLOW)) === DIGEST) {
        reading.digests.push({ ...of, flow: flow! - DIGEST, sum: rest });
      } else reading.flows.push({ ...of, bytes: rest });
    } else throw new RangeError("is of no map");
  }

  /** Whatever bpftrace prints next, the reading is all there. */
  end(): void {
    const reading = this.#reading;
    this.#reading = null;
    if (reading === null) return;
    // Two packets of no place are in every map that was cleared before it was written, and not since.
    reading.isWhole = reading.number === 0 || reading.places.get(0n) === 2;
    reading.places.delete(0n);
    this.onReading(reading);
  }
}
