/** Attaches the scripts: all of them where it goes, and as many as this kernel takes where not. */
import { LasthopError } from "../event/error.ts";
import type { Script } from "../event/report.ts";
import { type BpftraceOptions, type BpftraceRun, startBpftrace } from "./bpftrace.ts";
import { render, type Rendered, type RenderOptions, SCRIPTS } from "./render.ts";

export interface AttachOptions {
  sources: ReadonlyMap<string, string>;
  render: RenderOptions;
  run: Omit<BpftraceOptions, "program">;
  onProgress(text: string): void;
  /** Aborted when the trace ends before everything is attached. */
  signal: AbortSignal;
}

export interface Attached {
  run: BpftraceRun;
  scripts: Script[];
}

/** Left out scripts, each with what bpftrace said of it. */
type LeftOut = ReadonlyMap<string, string>;

/** Resolves when everything is attached; rejects when not even the heartbeat runs. */
export async function attach(options: AttachOptions): Promise<Attached> {
  let { conntrack } = options.render;
  let { version } = options.run;
  let leftOut: LeftOut = new Map();
  for (;;) {
    const rendered = renderWithout(options, leftOut, conntrack);
    const failure = await attempt({ ...options, run: { ...options.run, version } }, rendered);
    if (!(failure instanceof LasthopError)) return { run: failure, scripts: rendered.scripts };
    if (options.signal.aborted || !isRefusal(failure)) throw failure;
    if (version !== undefined) {
      version = undefined;
      options.onProgress("bpftrace refused the program, trying without short lists…");
      continue;
    }
    if (conntrack) {
      conntrack = null;
      options.onProgress("bpftrace refused the program, trying without conntrack…");
      continue;
    }
    const more = await blame(options, rendered, failure, leftOut);
    if (more.size === leftOut.size) throw failure;
    leftOut = more;
  }
}

/** Only a program that was refused is worth another try; a bpftrace that was killed is not. */
function isRefusal({ code, message }: LasthopError): boolean {
  return code === "bpftrace_died" && !/killed by/.test(message);
}

async function attempt(
  { run, signal }: AttachOptions,
  { program }: Rendered,
): Promise<BpftraceRun | LasthopError> {
  const started = await startBpftrace({ ...run, program });
  const stop = () => void started.stop();
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) stop();
    await started.ready;
    return started;
  } catch (error) {
    await started.stop();
    if (error instanceof LasthopError) return error;
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A script is left out by hiding its tracepoints from the renderer. */
function renderWithout(
  options: AttachOptions,
  leftOut: LeftOut,
  conntrack: RenderOptions["conntrack"],
): Rendered {
  const tracepoints = new Set(options.render.tracepoints);
  for (const name of leftOut.keys()) {
    for (const tracepoint of tracepointsOf(options.sources.get(name)!)) {
      tracepoints.delete(tracepoint);
    }
  }
  const rendered = render(options.sources, { ...options.render, tracepoints, conntrack });
  const scripts = rendered.scripts.map((script): Script => {
    const why = leftOut.get(script.name);
    return why === undefined ? script : { name: script.name, state: "unavailable", why };
  });
  return { program: rendered.program, scripts };
}

function tracepointsOf(source: string): string[] {
  return [...source.matchAll(/^tracepoint:(\w+:\w+)/gm)].map((match) => match[1]!);
}

/** Who is to blame: the script that bpftrace names, else those that do not attach alone. */
async function blame(
  options: AttachOptions,
  rendered: Rendered,
  failure: LasthopError,
  leftOut: LeftOut,
): Promise<LeftOut> {
  const said = saidOf(failure);
  const named = scriptNamed(said, rendered.program, options.sources);
  if (named !== undefined && !leftOut.has(named)) {
    options.onProgress(`bpftrace refused ${named}, going on without it…`);
    return new Map([...leftOut, [named, why(said)]]);
  }
  const all = new Map(leftOut);
  options.onProgress("bpftrace refused the program, trying each script alone…");
  for (const name of SCRIPTS) {
    if (leftOut.has(name) || name === "ready" || options.signal.aborted) continue;
    const others = new Map(
      SCRIPTS.filter((other) => other !== name && other !== "ready")
        .map((other) => [other, "not tried"]),
    );
    const alone = await attempt(
      { ...options, run: { ...options.run, onLine() {}, onLost() {} } },
      renderWithout(options, others, null),
    );
    if (alone instanceof LasthopError) all.set(name, why(saidOf(alone)));
    else await alone.stop();
  }
  return all;
}

const why = (said: string) => `bpftrace refused it: ${said}`.slice(0, 500);

function saidOf({ message }: LasthopError): string {
  return /, saying: (.*); must/.exec(message)?.[1] ?? message;
}

/** By the probe's name, or by the line of the program it complains of. */
function scriptNamed(
  said: string,
  program: string,
  sources: ReadonlyMap<string, string>,
): string | undefined {
  const byName = /tracepoint:(?:\w+:)?(\w+)/.exec(said)?.[1];
  const line = Number(/program\.bt:(\d+)/.exec(said)?.[1] ?? 0);
  const above = program.split("\n").slice(0, line).findLast((text) => /^\w+:/.test(text));
  const point = byName ?? /^\w*tracepoint:(?:\w+:)?(\w+)/.exec(above ?? "")?.[1];
  if (point === undefined) return undefined;
  return SCRIPTS.find((name) =>
    tracepointsOf(sources.get(name)!).some((tracepoint) => tracepoint.endsWith(`:${point}`))
  );
}
