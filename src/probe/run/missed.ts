/**
 * Runs of a script that the kernel left out. While one program of BPF runs on a processor, the kernel
 * starts no other of a tracepoint there (`trace_call_bpf`: `bpf_prog_active`): an interrupt that comes
 * in the middle of one is not heard at all, with every hop of every packet in it. No buffer knows of
 * it; each program's file says how often it was so (`recursion_misses`, Linux 5.12; of programs that
 * are attached by perf, 6.7).
 */
import { programPoints } from "./program_points.ts";

/** A stretch of CLOCK_MONOTONIC in which so many runs were left out; 0: it was looked, and none was. */
export interface Missed {
  fromNs: bigint;
  toNs: bigint;
  /** Runs of programs that see packets; a timer's sees none. */
  count: number;
  /** How many of them were of which script; absent: of some that is not known. */
  scripts?: Readonly<Record<string, number>> | undefined;
}

/** Names of the scripts that are attached to a tracepoint or function of this name. */
export type ScriptsAt = (point: string) => readonly string[];

/** Programs of this type are a timer's, as the heartbeat (`BPF_PROG_TYPE_PERF_EVENT`). */
const TIMER = 7;

interface Program {
  /** Its file of /proc. */
  file: string;
  number: number;
  /** How often it had been left out at the look before. */
  before: number;
  scripts: readonly string[];
}

/** Looks now and then how often the programs of a process were left out. */
export class MissMeter {
  #programs: Program[] = [];
  /** When it was first asked. */
  #sinceNs: bigint | undefined;
  #fromNs: bigint | undefined;

  /** `pid` is bpftrace's, `nowNs` gives CLOCK_MONOTONIC; where that gives nothing nothing is told. */
  constructor(
    readonly pid: number,
    readonly nowNs: () => bigint | undefined,
    readonly scriptsAt: ScriptsAt = () => [],
  ) {}

  /** What was left out since it looked before; null where it can't tell, as at the first look. */
  look(): Missed | null {
    const toNs = this.nowNs();
    if (toNs === undefined) return null;
    const isFirst = this.#sinceNs === undefined;
    this.#sinceNs ??= toNs;
    // Programs that it had when it attached are not looked for again.
    if (this.#programs.length === 0) this.#programs = programsOf(this.pid, this.scriptsAt);
    if (this.#programs.length === 0) return null;
    const scripts = new Map<string, number>();
    let [count, isKnown] = [0, true];
    const texts = this.#programs.map(({ file }) => textOf(file));
    // The process has ended and took the counts along: since the look before nobody knows.
    if (texts.every((text) => text === "")) return null;
    for (const [at, program] of this.#programs.entries()) {
      const more = Math.max(0, missesOf(texts[at]!) - program.before);
      if (more === 0) continue;
      program.before += more;
      count += more;
      isKnown &&= program.scripts.length > 0;
      for (const name of program.scripts) scripts.set(name, (scripts.get(name) ?? 0) + more);
    }
    const fromNs = this.#fromNs ?? this.#sinceNs;
    this.#fromNs = toNs;
    if (isFirst) return null;
    return { fromNs, toNs, count, scripts: isKnown ? Object.fromEntries(scripts) : undefined };
  }
}

/**
 * The programs that see packets of those that the process holds; none where it has ended. It may open and
 * close other files meanwhile: one that is gone says nothing of the others.
 */
function programsOf(pid: number, scriptsAt: ScriptsAt): Program[] {
  const files = namesIn(`/proc/${pid}/fd`).map((name) => ({
    name,
    target: targetOf(`/proc/${pid}/fd/${name}`) ?? "",
  }));
  const programs = files.filter(({ target }) => target.endsWith("bpf-prog")).flatMap(({ name }) => {
    const file = `/proc/${pid}/fdinfo/${name}`;
    const text = textOf(file);
    if (numberOf(text, "prog_type") === TIMER) return [];
    return [{ file, number: numberOf(text, "prog_id"), before: 0, scripts: [] }];
  });
  if (programs.length === 0) return [];
  const attaching = files.filter(({ target }) => /perf_event|bpf[-_]link/.test(target));
  const points = programPoints(pid, attaching.map(({ name }) => Number(name)));
  return programs.map((program) => {
    const point = points.get(program.number);
    return { ...program, scripts: point === undefined ? [] : scriptsAt(point) };
  });
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

function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}

/** The count in what the kernel prints of a program. */
export const missesOf = (text: string): number => numberOf(text, "recursion_misses");

/** A number in what the kernel prints of a program; 0 where it does not say. */
const numberOf = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d{1,15})$`, "m").exec(text)?.[1] ?? 0);
