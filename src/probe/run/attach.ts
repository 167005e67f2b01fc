/** Attaches the scripts: all of them, or as many as this kernel takes. */
import type { Script } from "../../event/report.ts";
import { isAtLeast } from "../kernel/capability.ts";
import { type BpftraceOptions, type BpftraceRun, startBpftrace } from "./bpftrace.ts";
import { BpftraceDied } from "./bpftrace_died.ts";
import { attachPointsOf, scriptsAttachedAt } from "./attach_points.ts";
import { usesCaller } from "./caller.ts";
import { hasLinesOnStack } from "./raw.ts";
import { DEEP_SCRIPTS, render, type RenderOptions, SCRIPTS, sourceOf } from "./render.ts";

/** What to attach, and how. */
export interface AttachOptions {
  /** Sources of the scripts and fragments of `bpf/` by name, as `loadSources` gives them. */
  sources: ReadonlyMap<string, string>;
  render: RenderOptions;
  run: Omit<BpftraceOptions, "program">;
  onProgress(text: string): void;
  /** Aborted when the trace ends before everything is attached. */
  signal: AbortSignal;
}

/**
 * Whether comparisons are hidden in scripts on devices alone at first. The verifier of 6.1 looks at a
 * million instructions at most: with counters it takes receptions hidden (233,465) and not plain, and
 * drops plain (329,616) and not hidden. Those of 6.12 and 6.18 take all of them hidden, much faster.
 */
export function isPlainFirst(kernel: string): boolean {
  const release = /^\d+\.\d+/.exec(kernel)?.[0];
  return release !== undefined && !isAtLeast(release, "6.2");
}

/** A bpftrace that is attached. */
export interface Attached {
  run: BpftraceRun;
  /** All scripts; one that could not be attached says why. */
  scripts: Script[];
  /** What was really rendered, which may be less than what was asked for. */
  render: RenderOptions;
}

/** A recorder that told all would be none, and is to harm nobody. */
const keptOf = ({ recorder, budget }: RenderOptions) => recorder ? { budget } : {};

/** Scripts that are left out, each with what bpftrace said of it. */
type LeftOut = ReadonlyMap<string, string>;

/** One way to make a program simpler when the kernel refuses it, and what that costs. */
export interface Way {
  without: string;
  /** Of which refusals it is an answer; absent: of all. */
  of?: RegExp;
  render: Partial<RenderOptions>;
  run?: Partial<BpftraceOptions>;
}

/** A program needs more than its stack of 512 bytes. */
const STACK = /stack limit/i;

/** Tried in this order: what is given up first costs the least. The first four cost only time. */
const WAYS: readonly Way[] = [
  // A filter that was widened by translations has more alternatives than the stack has room for in pairs.
  {
    without: "a filter in pairs",
    of: STACK,
    render: { plain: false, together: 1_000 },
  },
  // Where they were tried first (`isPlainFirst`).
  { without: "plain comparisons", render: { plain: false } },
  // What fits a program's stack is known only when it was compiled.
  { without: "hidden comparisons", render: {} },
  { without: "short lists", render: {}, run: { version: undefined } },
  ...([
    { without: "a filter in pairs", render: { together: 1_000 } },
    { without: "a filter of one piece", render: { together: 1 } },
    { without: "counting packets", render: { counters: null } },
    { without: "raw tracepoints", render: { counters: null, raw: false } },
    { without: "choosing what is told", render: { counters: null, budget: null } },
    { without: "following answers", render: { counters: null, budget: null, follow: false } },
    { without: "a filter in the kernel", render: { counters: null, filter: "1" } },
    { without: "conntrack", render: { counters: null, conntrack: null, follow: false } },
    {
      without: "filter and conntrack",
      render: { counters: null, filter: "1", conntrack: null, raw: false },
    },
  ].map((way) => ({ ...way, run: { version: undefined } }))),
];

/**
 * The ways of a recorder before the others, which are many: what keeps hops needs stack, too, so that with
 * 0.17 a filter is in pieces, and the answers that were not translated back are followed where it is short.
 */
const OF_RECORDER: readonly Way[] = [
  { without: "a filter of one piece", of: STACK, render: { together: 1 } },
  { without: "following answers", of: STACK, render: { together: 1, follow: false } },
];

/**
 * The ways for a kernel. What a verifier refuses that takes few instructions is tried next without what
 * makes it long, counting packets; all hidden it is never taken there.
 */
export function waysFor(kernel: string | undefined, recorder = false): readonly Way[] {
  const first = recorder ? OF_RECORDER : [];
  if (kernel === undefined || !isPlainFirst(kernel)) return [...first, ...WAYS];
  return [
    ...first,
    { without: "counting packets", render: { counters: null } },
    ...WAYS.filter(({ render }) => render.plain !== false),
  ];
}

/**
 * Resolves when everything is attached that this kernel takes. A program that is refused is tried
 * with less in it, then without the scripts that are to blame. Rejects with the BpftraceDied of the
 * last attempt when not even the heartbeat runs, and as `startBpftrace` does.
 */
export async function attach(options: AttachOptions): Promise<Attached> {
  let first = await attempt(options, new Map());
  if (first instanceof Refused && hasLinesOnStack(options.render) && STACK.test(first.said)) {
    options.onProgress("bpftrace has no room for lines on the stack, going on without…");
    options = { ...options, render: { ...options.render, linesOnStack: false } };
    first = await attempt(options, new Map());
  }
  if (first instanceof Refused && options.render.carried) {
    options.onProgress(
      "bpftrace refused it, going on without looking into tunnels inside tunnels…",
    );
    options = { ...options, render: { ...options.render, carried: null } };
    first = await attempt(options, new Map());
  }
  if (!(first instanceof Refused)) return first;
  let refusal: Refused = first;
  // What every kernel can run is not made simpler because of what few can.
  const deeper = deeperIn(first, options);
  if (deeper.size > 0) {
    options.onProgress(`bpftrace refused ${[...deeper.keys()].join(", ")}, going on without it…`);
    const outcome = await attempt(options, deeper);
    if (!(outcome instanceof Refused)) return outcome;
    refusal = outcome;
    options = withoutKprobes(options);
  }
  for (const { without, of, ...less } of waysFor(options.render.kernel, options.render.recorder)) {
    if (of?.test(refusal.said) === false) continue;
    const asked: AttachOptions = {
      ...options,
      render: { ...options.render, plain: true, ...less.render, ...keptOf(options.render) },
      run: { ...options.run, ...less.run },
    };
    if (sameAs(asked, refusal)) continue;
    options.onProgress(`bpftrace refused it (${refusal.words}), trying without ${without}…`);
    const outcome = await attempt(asked, new Map());
    if (!(outcome instanceof Refused)) return outcome;
    refusal = outcome;
  }
  return await attachRest(options, refusal);
}

/** The script of few kernels that a refusal names, or where it names none all of them that were asked for. */
function deeperIn({ said, program }: Refused, { sources, render: asked }: AttachOptions): LeftOut {
  const named = scriptNamed(said, program, sources);
  const attached = render(sources, asked).scripts.filter(({ name, state }) =>
    state === "attached" && name === (named ?? name) &&
    (DEEP_SCRIPTS.includes(name) || usesCaller(name, asked))
  );
  return new Map(attached.map(({ name }) => [name, why(said)]));
}

/** So that they are in no other program that is tried. */
const withoutKprobes = (options: AttachOptions): AttachOptions => ({
  ...options,
  render: { ...options.render, functions: new Set() },
});

/** Simpler programs were refused too, so one script causes it: the others are tried without it. */
async function attachRest(options: AttachOptions, first: Refused): Promise<Attached> {
  const asked = {
    ...options,
    render: { ...options.render, plain: true },
    run: { ...options.run, version: undefined },
  };
  let refusal = first;
  let leftOut: LeftOut = new Map();
  for (;;) {
    const more = await blame(asked, refusal, leftOut);
    if (more.size === leftOut.size) throw refusal.failure;
    leftOut = more;
    const outcome = await attempt(asked, leftOut);
    if (!(outcome instanceof Refused)) return outcome;
    refusal = outcome;
  }
}

/** bpftrace or the kernel refused a program. Anything else that goes wrong is thrown. */
class Refused {
  constructor(
    readonly failure: BpftraceDied,
    readonly program: string,
    readonly asked: AttachOptions,
  ) {}

  get said(): string {
    return this.failure.end.said || this.failure.message;
  }

  /** The first thing that it has against the program, on one line. */
  get words(): string {
    const lines = this.said.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return (lines.find((line) => /\bERROR\b|\berror:/.test(line)) ?? lines[0] ?? "").slice(0, 200);
  }
}

/** Another way to write it that comes to what was refused already is not tried. */
function sameAs(asked: AttachOptions, { program, asked: before }: Refused): boolean {
  return asked.run.version === before.run.version &&
    render(asked.sources, asked.render).program === program;
}

async function attempt(options: AttachOptions, leftOut: LeftOut): Promise<Attached | Refused> {
  const { run, signal } = options;
  const { program, scripts } = render(options.sources, options.render, leftOut);
  const scriptsAt = (point: string) => scriptsAttachedAt(options.sources, scripts, point);
  const started = await startBpftrace({ ...run, program, scriptsAt });
  const stop = () => void started.stop();
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) stop();
    await started.ready;
    return { run: started, scripts, render: options.render };
  } catch (error) {
    await started.stop();
    // Only a program that was refused is worth another try; a bpftrace that was killed is not.
    if (!(error instanceof BpftraceDied) || signal.aborted || !error.isRefusal) throw error;
    return new Refused(error, program, options);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Which scripts are to blame: the one that bpftrace names, else all that do not attach alone. */
async function blame(
  options: AttachOptions,
  { said, program }: Refused,
  leftOut: LeftOut,
): Promise<LeftOut> {
  const named = scriptNamed(said, program, options.sources);
  if (named !== undefined && !leftOut.has(named)) {
    options.onProgress(`bpftrace refused ${named}, going on without it…`);
    return new Map([...leftOut, [named, why(said)]]);
  }
  const heartbeat = await refusalOf(options, "ready");
  if (heartbeat !== null) throw heartbeat.failure;
  options.onProgress("bpftrace refused it, trying each script alone…");
  const all = new Map(leftOut);
  for (const name of SCRIPTS) {
    if (leftOut.has(name)) continue;
    const refused = await refusalOf(options, name);
    if (refused !== null) all.set(name, why(refused.said));
  }
  return all;
}

/** What bpftrace has against one script and the heartbeat alone; null when nothing. */
async function refusalOf(options: AttachOptions, name: string): Promise<Refused | null> {
  const others = SCRIPTS.filter((other) => other !== name && other !== "ready");
  const deaf = { ...options, run: { ...options.run, onLine() {}, onLost() {} } };
  const alone = await attempt(deaf, new Map(others.map((other) => [other, "not tried"])));
  if (alone instanceof Refused) return alone;
  await alone.run.stop();
  return null;
}

const why = (said: string) => `bpftrace refused it: ${said}`.slice(0, 500);

/**
 * The script that a refusal is about, by what bpftrace 0.17 to 0.27 say: the name of a tracepoint,
 * or the line of the program, whose probe is the nearest above it.
 */
function scriptNamed(
  said: string,
  program: string,
  sources: ReadonlyMap<string, string>,
): string | undefined {
  const byName = /(?:tracepoint|kprobe):(?:\w+:)?(\w+)/.exec(said)?.[1];
  const line = Number(/program\.bt:(\d+)/.exec(said)?.[1] ?? 0);
  const above = program.split("\n").slice(0, line).findLast((text) => /^\w+:/.test(text));
  const point = byName ?? /^\w*(?:tracepoint|kprobe):(?:\w+:)?(\w+)/.exec(above ?? "")?.[1];
  if (point === undefined) return undefined;
  return SCRIPTS.find((name) =>
    attachPointsOf(sourceOf(sources, name)).some((other) => other.endsWith(`:${point}`))
  );
}
