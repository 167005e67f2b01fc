/**
 * Lines that a script wrote into while another one printed. From 0.22 on bpftrace puts the arguments of
 * a printf together in memory that all scripts of a processor share (`createScratchBuffer` of its
 * codegen). The kernel runs no script on a tracepoint or a timer while another such one runs there, but
 * one on a raw tracepoint does run in the middle of another, and another in the middle of it
 * (`bpf_prog_active` in trace_call_bpf, and not in bpf_trace_run). The one that was interrupted then
 * prints a line of both: a packet that never was.
 */
import { PACKET } from "./lines.ts";

/** The line is one of two scripts: what the script that was interrupted had to tell is lost. */
export class OfTwoScripts extends RangeError {
  override name = "OfTwoScripts";
}

/** By processor, the line that was printed last there. */
interface Last {
  /** As the line has it: a number without a sign. */
  timeNs: string;
  letter: string;
  skb: string;
}

/**
 * The order of lines on each processor. The time is read when the arguments are put together, so that a
 * line which is older than the one before it was interrupted after that, and one of the same time and
 * packet has its beginning from the other line.
 */
export class LineOrder {
  readonly #last = new Map<string, Last>();

  /** Takes the fields of a line with a time and a processor. Throws OfTwoScripts. */
  take(fields: readonly string[]): void {
    const { [PACKET.cpu]: cpu = "", [PACKET.timeNs]: timeNs = "" } = fields;
    const { [PACKET.letter]: letter = "", [PACKET.skb]: skb = "" } = fields;
    const last = this.#last.get(cpu);
    if (last === undefined) {
      this.#last.set(cpu, { timeNs, letter, skb });
      return;
    }
    const isSame = timeNs === last.timeNs && letter === last.letter && skb === last.skb;
    if (isLess(timeNs, last.timeNs) || isSame) throw new OfTwoScripts("is of two scripts");
    last.timeNs = timeNs;
    last.letter = letter;
    last.skb = skb;
  }

  /** A heartbeat: what was printed before it is over, so that a time of nonsense spoils no more. */
  beat(): void {
    this.#last.clear();
  }
}

/** Compares two numbers by their digits, because each line is read here and once more as an event. */
const isLess = (a: string, b: string): boolean =>
  a.length < b.length || (a.length === b.length && a < b);
