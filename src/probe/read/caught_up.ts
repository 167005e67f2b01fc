/**
 * Which processors were read to their end, by how many lines each has told. bpftrace 0.17 prints that
 * count now and then (`ready.bt`), and reads it while it prints.
 *
 * A program counts its line just after it has printed it. One that stands still between the two is
 * missed, which takes a processor that is taken away from a virtual machine at that moment. So a count
 * proves something only when it is the same in two prints in a row: up to the first of them.
 */

import { CONNTRACK, PACKET, QUOTED, REFUSER, RULE, RULE_CHAIN, TUNNEL, WAY } from "./lines.ts";

/** Lines that the scripts count begin with a letter; of these only heartbeats are not counted. */
const COUNTED = /^[^tb]\t/;
/** Where lines have the number of their processor that have it elsewhere than those of a packet. */
const CPU_AT: Readonly<Record<string, number>> = {
  ...{ T: TUNNEL.cpu, Q: QUOTED.cpu, C: CONNTRACK.cpu, J: RULE.cpu, K: RULE_CHAIN.cpu },
  ...{ Y: REFUSER.cpu, W: WAY.cpu },
};
/** The end of a reading of counters is told by the processor that ticks, and does not say so. */
const TICKING = "G";
const EMITTED = /^@emitted\[(\d+)\]: (\d+)$/;

/** Whether a line says how many lines a processor has told: it is of no event. */
export const isOfEmitted = (text: string): boolean => text.startsWith("@emitted");

/** Lines by the number of the processor. */
type Lines = ReadonlyMap<number, number>;

/** What was known when a print of the counts ended. */
interface Print {
  /** CLOCK_MONOTONIC of the last tick that was read before the print. */
  timeNs: bigint;
  emitted: Lines;
  read: Lines;
}

/** Of which processors all is read. */
export interface Proof {
  timeNs: bigint;
  isCaughtUp(cpu: number): boolean;
}

/** Counts the lines of one bpftrace by their processor, and compares them with what it prints of them. */
export class CaughtUp {
  readonly #read = new Map<number, number>();
  #printing: Map<number, number> | undefined;
  #before: Print | undefined;

  /** One more line, and when the last tick before it was; what it proves, where it ends a print. */
  line(text: string, tickNs: bigint): Proof | undefined {
    // Nearly all lines are of events: they are not searched.
    const emitted = isOfEmitted(text) ? EMITTED.exec(text) : null;
    if (emitted) {
      this.#printing ??= new Map();
      this.#printing.set(Number(emitted[1]), Number(emitted[2]));
      return undefined;
    }
    const proof = this.#printing && this.#end(this.#printing, tickNs);
    this.#printing = undefined;
    if (COUNTED.test(text)) {
      const cpu = cpuOf(text);
      this.#read.set(cpu, (this.#read.get(cpu) ?? 0) + 1);
    }
    return proof;
  }

  #end(emitted: Lines, timeNs: bigint): Proof | undefined {
    const before = this.#before;
    this.#before = { timeNs, emitted, read: new Map(this.#read) };
    if (before === undefined) return undefined;
    return {
      timeNs: before.timeNs,
      isCaughtUp: (cpu) => {
        const count = emitted.get(cpu) ?? 0;
        return (before.emitted.get(cpu) ?? 0) === count && (before.read.get(cpu) ?? 0) === count;
      },
    };
  }
}

function cpuOf(text: string): number {
  const letter = text.slice(0, 1);
  if (letter === TICKING) return 0;
  let from = 0;
  for (let at = CPU_AT[letter] ?? PACKET.cpu; at > 0; at--) from = text.indexOf("\t", from) + 1;
  const to = text.indexOf("\t", from);
  return Number(text.slice(from, to === -1 ? undefined : to));
}
