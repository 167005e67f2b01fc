/** What bpftrace may take of the node: a part of one processor, and memory. */
import { LasthopError } from "../../event/error.ts";

/** The most that bpftrace may take. */
export interface Share {
  /** Percent of one processor, averaged over `WINDOW_MS`, from when everything is attached. */
  cpuPercent: number;
  /** Bytes of its own memory and of the buffers that it shares with the kernel. */
  memoryBytes: number;
  /** Events a second that are told for long; by the processor's part where absent. */
  eventsPerSecond?: number;
  /** Packets of each flow that are told at each place in a second whatever else is; a few where absent. */
  firstsPerSecond?: number;
  /** Counters of packets that are told in one reading; 0: none, by the processor's part where absent. */
  counters?: number;
}

/** What holds unless something else is asked for. */
export const DEFAULT_SHARE: Share = { cpuPercent: 20, memoryBytes: 256 * 1024 * 1024 };

/** Milliseconds over which use of the processor is averaged: a burst is no harm. */
export const WINDOW_MS = 60_000;

/** Milliseconds in which more use of the processor than the share asks for less to be told. */
export const PRESS_MS = 10_000;

/** The part of the memory that the buffers of events may have. */
const BUFFER_PART = 1 / 4;

/** Bytes of the buffers of all processors together. */
export function bufferBytesMax({ memoryBytes }: Share): number {
  return memoryBytes * BUFFER_PART;
}

/** Bytes of memory that bpftrace may have for itself, beside the buffers. */
export function ownBytesMax(share: Share): number {
  return share.memoryBytes - bufferBytesMax(share);
}

interface Sample {
  atMs: number;
  cpuMs: number;
}

/** Judges by samples of a process's processor time whether it takes more than its share. */
export class CpuMeter {
  #samples: Sample[] = [];
  /** From when on it presses again. */
  #since: Sample | undefined;

  constructor(readonly share: Share) {}

  /**
   * One more sample: now, and the processor time since the process began, both in milliseconds.
   * Returns what is wrong, in words, or null.
   */
  sample(atMs: number, cpuMs: number): string | null {
    this.#samples.push({ atMs, cpuMs });
    // The first one stays as old as the window, so that the window is always whole.
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - WINDOW_MS) {
      this.#samples.shift();
    }
    this.#since ??= this.#samples[0]!;
    const first = this.#samples[0]!;
    const { cpuPercent } = this.share;
    const usedMs = cpuMs - first.cpuMs;
    if (usedMs <= WINDOW_MS * cpuPercent / 100) return null;
    const tookMs = Math.max(1, atMs - first.atMs);
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    return `bpftrace took ${seconds(usedMs)} s of processor time in ${seconds(tookMs)} s, more ` +
      `than its share of ${cpuPercent} % of one processor over ${WINDOW_MS / 1_000} s; ` +
      `must take less: a narrower filter, or a larger --cpu-share`;
  }

  /** What was used up to the last sample counts no more: less is told from then on. */
  restart(): void {
    this.#samples = this.#samples.slice(-1);
  }

  /**
   * Whether a share of `PRESS_MS` was used up before they were over, so that the share will not do: less
   * is to be told, before the whole window's is used up. After each answer of true, and after `PRESS_MS`,
   * what was used is counted from anew.
   */
  isPressing(): boolean {
    const now = this.#samples.at(-1);
    const since = this.#since;
    if (now === undefined || since === undefined) return false;
    const isUsedUp = now.cpuMs - since.cpuMs > PRESS_MS * this.share.cpuPercent / 100;
    const isOver = now.atMs - since.atMs >= PRESS_MS;
    if (isUsedUp || isOver) this.#since = now;
    return isUsedUp;
  }
}

/** What a bpftrace says that got no more memory: of C++, of LLVM. */
const NO_MEMORY = /bad_alloc|LLVM ERROR: out of memory/;

/** Whether a process that ended so was at the end of its memory; then what to say of it. */
export function memoryWords(share: Share, said: string): string | null {
  if (!NO_MEMORY.test(said)) return null;
  const mib = (bytes: number) => Math.floor(bytes / 1024 / 1024);
  return `bpftrace asked for more than ${mib(ownBytesMax(share))} MiB of its own, which is what ` +
    `a limit of ${mib(share.memoryBytes)} MiB leaves beside its buffers; ` +
    `must need less: a narrower filter, or a larger --memory-limit`;
}

/** Clock ticks a second of /proc on every Linux that runs here. */
const TICKS_PER_SECOND = 100;

/** Milliseconds of processor time of a live process, in user space and kernel; null: it is gone. */
export function cpuMsOf(pid: number): number | null {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The program's name may hold spaces, and stands in parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 1_000 / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** Throws LasthopError `usage` for a share that is none. `text` is what was given to `option`. */
export function readShare(option: string, text: string, most: number, least: number): number {
  const value = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new LasthopError(
    "usage",
    `Cannot read ${option}: "${text}" is not such a number, must be ${least} to ${most}`,
    2,
  );
}
