/**
 * Runs of a script that the kernel left out. While one program of BPF runs on a processor, the kernel
 * starts no other of a tracepoint there (`trace_call_bpf`: `bpf_prog_active`): an interrupt that comes
 * in the middle of one is not heard at all, with every hop of every packet in it. No buffer knows of
 * it; each program's file says how often it was so (`recursion_misses`, Linux 5.12; of programs that
 * are attached by perf, 6.7).
 */

/** A stretch of CLOCK_MONOTONIC in which so many runs were left out; 0: it was looked, and none was. */
export interface Missed {
  fromNs: bigint;
  toNs: bigint;
  count: number;
}

/** Looks now and then how often the programs of a process were left out. */
export class MissMeter {
  #files: string[] = [];
  /** When it was first asked. */
  #sinceNs: bigint | undefined;
  #total = 0;
  #fromNs: bigint | undefined;

  /** `pid` is bpftrace's, `nowNs` gives CLOCK_MONOTONIC; where that gives nothing nothing is told. */
  constructor(readonly pid: number, readonly nowNs: () => bigint | undefined) {}

  /** What was left out since it looked before; null where it can't tell, as at the first look. */
  look(): Missed | null {
    const toNs = this.nowNs();
    if (toNs === undefined) return null;
    const isFirst = this.#sinceNs === undefined;
    this.#sinceNs ??= toNs;
    // Files that it had open when it attached are not looked for again.
    if (this.#files.length === 0) this.#files = programFiles(this.pid);
    if (this.#files.length === 0) return null;
    const total = this.#files.reduce((sum, file) => sum + missesIn(file), 0);
    const count = total - this.#total;
    const fromNs = this.#fromNs ?? this.#sinceNs;
    this.#fromNs = toNs;
    // A program that is gone takes its count along.
    this.#total = Math.max(total, this.#total);
    return isFirst ? null : { fromNs, toNs, count: Math.max(0, count) };
  }
}

/**
 * What /proc says of each program that the process holds; none where it has ended. It may open and close
 * other files meanwhile: one that is gone says nothing of the others.
 */
function programFiles(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`)
    .filter((name) => targetOf(`/proc/${pid}/fd/${name}`)?.endsWith("bpf-prog"))
    .map((name) => `/proc/${pid}/fdinfo/${name}`);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function targetOf(link: string): string | undefined {
  try {
    return Deno.readLinkSync(link);
  } catch {
    return undefined;
  }
}

/** How often one program was left out, by its file of /proc; 0 where the kernel does not count. */
function missesIn(file: string): number {
  try {
    return missesOf(Deno.readTextFileSync(file));
  } catch {
    return 0;
  }
}

/** The count in what the kernel prints of a program. */
export const missesOf = (text: string): number =>
  Number(/^recursion_misses:\s*(\d{1,15})$/m.exec(text)?.[1] ?? 0);
