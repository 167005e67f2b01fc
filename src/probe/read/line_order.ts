/**
 * Lines that a script wrote into while another one printed. From 0.22 on bpftrace puts the arguments of
 * a printf together in memory that all scripts of a processor share (`createScratchBuffer` of its
 * codegen). The kernel runs no script on a tracepoint or a timer while another such one runs there, but
 * one on a raw tracepoint does run in the middle of another, and another in the middle of it
 * (`bpf_prog_active` in trace_call_bpf, and not in bpf_trace_run). The one that was interrupted then
 * prints a line of both: a packet that never was.
 */
import { PACKET } from "./lines.ts";

/** By processor, the line that was printed last there. */
interface Last {
  timeNs: bigint;
  letter: string;
  skb: string;
}

/**
 * The order of lines on each processor. The time is read when the arguments are put together, so that a
 * line which is older than the one before it was interrupted after that, and one of the same time and
 * packet has its beginning from the other line.
 */
export class LineOrder {
  readonly #last = new Map<number, Last>();

  /** Takes the fields of a line with a time and a processor. Throws RangeError for one of two scripts. */
  take(fields: readonly string[]): void {
    const cpu = Number(fields[PACKET.cpu]);
    const timeNs = BigInt(fields[PACKET.timeNs] ?? "");
    const [letter = "", skb = ""] = [fields[PACKET.letter], fields[PACKET.skb]];
    const last = this.#last.get(cpu);
    if (last !== undefined) {
      const isSame = timeNs === last.timeNs && letter === last.letter && skb === last.skb;
      if (timeNs < last.timeNs || isSame) throw new RangeError("is of two scripts");
    }
    this.#last.set(cpu, { timeNs, letter, skb });
  }
}
