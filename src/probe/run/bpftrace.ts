/**
 * Runs one bpftrace program: in a mount namespace of its own (tracefs and debugfs are mounted
 * there, the system's mounts stay as they are), killed by the kernel when this process dies.
 */
import { type Missed, MissMeter, type ScriptsAt } from "./missed.ts";
import { execa } from "execa";
import { LasthopError } from "../../event/error.ts";
import { BpftraceDied } from "./bpftrace_died.ts";
import { Emitted } from "./emitted.ts";
import { LossMeter } from "./loss.ts";
import { mapKeys, silent } from "./map_settings.ts";
import { CpuMeter, cpuMsOf, DEFAULT_SHARE, memoryWords, ownBytesMax, type Share } from "./share.ts";
import { writeShortlist } from "./shortlist.ts";
import { makeWorkFolder } from "./work_folder.ts";

/** A bpftrace that was started. */
export interface BpftraceRun {
  /**
   * Resolves at the first heartbeat: everything is attached. Rejects when it never comes, with
   * BpftraceDied or LasthopError `attach_timeout` or `stopped`.
   */
  ready: Promise<void>;
  /** Detaches; resolves when bpftrace is gone and its last lines were read. */
  stop(): Promise<void>;
  /** After the end: it had told more, of a time that counts, than it had read of its buffers. That is lost. */
  tellUnread(): void;
  /** Resolves when bpftrace ended, by itself or by `stop`; `failure` when by itself. */
  ended: Promise<{ failure?: BpftraceDied }>;
  pid: number;
}

/** The program that bpftrace runs, its callbacks, and its time limits in milliseconds. */
export interface BpftraceOptions {
  /** Source of the program, as `render` gives it. */
  program: string;
  onLine(line: string): void;
  /** Lines that were emitted and never came. */
  onLost(count: number, isTimed: boolean): void;
  /** Runs of a script that the kernel left out; `nowNs` gives CLOCK_MONOTONIC. */
  onMissed?(missed: Missed): void;
  nowNs?(): bigint | undefined;
  /** Which scripts are attached where; absent: of which script runs were left out is not told. */
  scriptsAt?: ScriptsAt | undefined;
  /** Path or name of the binary. */
  binary?: string;
  /** Version of the binary; with it, bpftrace gets lists of its own and attaches much faster. */
  version?: string;
  /** Places in each of the program's maps; bpftrace's own 4,096 where absent. */
  mapKeys?: number;
  /** Pages of each of its buffers; 4,096 where absent, which is 16 MiB. */
  bufferPages?: number;
  /** Until the first heartbeat; 60,000 where absent. */
  attachTimeoutMs?: number;
  /** From SIGINT to SIGKILL; 10,000 where absent. */
  stopGraceMs?: number;
  /** The most it may take; `DEFAULT_SHARE` where absent. */
  share?: Share;
  /**
   * It takes more than its share of the processor, and is ended if it goes on so. Returns whether it was
   * asked to take less: then its share counts from that moment.
   */
  onPressed?: () => boolean;
  /** How often its use of the processor is looked at; 1,000 where absent. */
  sampleMs?: number;
}

/** Lines of maps that are printed while it runs, beside `@emitted`. */
const COUNTS = /^@(?:flows|places)[12]\[/;

/** How often it is asked for runs that were left out, ms: no longer is a stretch that hides packets. */
const MISSES_MS = 250;

/**
 * Mounts what bpftrace needs where it is missing and the short list, then becomes bpftrace. It compiles for
 * two seconds of a processor before others that wait for one, and is an ordinary process again once it is
 * attached: beside ten busy processes it would take ten times as long. Not where it was started as one that
 * gives way, or may not.
 */
const LAUNCH = `
list=$1; ulimit -d "$2" 2>/dev/null; shift 2
[ -d /sys/kernel/tracing/events ] || mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null
[ -d /sys/kernel/debug/tracing/events ] || mount -t debugfs nodev /sys/kernel/debug 2>/dev/null
for events in /sys/kernel/tracing/available_events /sys/kernel/debug/tracing/available_events; do
  [ -z "$list" ] || [ ! -e "$events" ] || mount --bind "$list" "$events" 2>/dev/null
done
ulimit -l unlimited 2>/dev/null
# Where sessions share the processors, as on a desktop, what counts is the session's, which is its own.
if command -v renice >/dev/null && nice -n -10 true 2>/dev/null && [ "$(nice -n -10 nice)" = -10 ]; then
  echo -10 2>/dev/null >/proc/$$/autogroup
  exec nice -n -10 "$0" -B line "$@"
fi
exec "$0" -B line "$@"
`;

/**
 * Detaching takes a second, and several on a busy node; a kill before that loses the last lines.
 */
const STOP_GRACE_MS = 10_000;

/**
 * Starts bpftrace on a program; `ready` tells when it is attached. Throws LasthopError
 * `bpftrace_missing` when no process can be started at all.
 */
export async function startBpftrace(options: BpftraceOptions): Promise<BpftraceRun> {
  const { path: directory, remove } = await makeWorkFolder();
  const file = `${directory}/program.bt`;
  await Deno.writeTextFile(file, options.program);
  const share = options.share ?? DEFAULT_SHARE;
  const ownKib = Math.floor(ownBytesMax(share) / 1024);
  const list = options.version === undefined
    ? null
    : await writeShortlist(directory, options.program, options.version);
  // setsid, because Ctrl-C in a terminal signals the whole process group: bpftrace would detach at
  // once.
  const child = execa("setsid", [
    ...["unshare", "-m", "--propagation", "private", "setpriv", "--pdeathsig", "KILL"],
    ...[
      "sh",
      "-c",
      LAUNCH,
      options.binary ?? "bpftrace",
      list?.availableEvents ?? "",
      String(ownKib),
    ],
    ...[...silent(options.version), ...list?.args ?? [], file],
  ], {
    stdin: "ignore",
    reject: false,
    buffer: false,
    // execa's own cleanup raises SIGINT a second time under Deno; setpriv does its work.
    cleanup: false,
    env: {
      BPFTRACE_PERF_RB_PAGES: String(options.bufferPages ?? 4096),
      BPFTRACE_LOG_SIZE: "4000000",
      BPFTRACE_MAX_STRLEN: "64",
      ...(options.mapKeys === undefined ? {} : mapKeys(options.mapKeys)),
      ...list?.env,
    },
  });
  if (child.pid === undefined) {
    await remove();
    throw new LasthopError("bpftrace_missing", "Cannot start bpftrace: unshare did not start");
  }
  const pid = child.pid;
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  let stopping = false;
  let isEnded = false;
  let force: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    lookForMisses();
    signal(pid, "SIGINT");
    const graceMs = options.stopGraceMs ?? STOP_GRACE_MS;
    force ??= setTimeout(() => signal(pid, "SIGKILL"), graceMs);
  };
  const stderr: string[] = [];
  const attachTimeoutMs = options.attachTimeoutMs ?? 60_000;
  const timer = setTimeout(() => {
    ready.reject(attachTimeout(attachTimeoutMs, stderr));
  }, attachTimeoutMs);
  const meter = new CpuMeter(share);
  let bound: string | undefined;
  let sampling: ReturnType<typeof setInterval> | undefined;
  const misses = new MissMeter(pid, options.nowNs ?? (() => undefined), options.scriptsAt);
  const lookForMisses = () => {
    const missed = misses.look();
    if (missed !== null) options.onMissed?.(missed);
  };
  let missing: ReturnType<typeof setInterval> | undefined;
  const look = () => {
    const cpuMs = cpuMsOf(pid);
    if (cpuMs === null || bound !== undefined) return;
    bound = meter.sample(performance.now(), cpuMs) ?? undefined;
    if (bound !== undefined) end();
    else if (meter.isPressing() && options.onPressed?.()) meter.restart();
  };
  // Compiling takes a whole processor for a second, so the share counts from here.
  ready.promise.then(() => {
    if (isEnded) return;
    beOrdinary(pid);
    look();
    lookForMisses();
    missing = setInterval(lookForMisses, MISSES_MS);
    sampling = setInterval(look, options.sampleMs ?? 1_000);
  }, () => {});
  ready.promise.finally(() => {
    clearTimeout(timer);
    // bpftrace has read it by now; a probe that is killed later leaves no folder behind.
    return remove();
  }).catch(() => {});
  const loss = new LossMeter(options.onLost);
  let emittedInAll: number | undefined;
  const emitted = new Emitted();
  const handle = (line: string) => {
    // bpftrace 0.17 to 0.23 print losses among the lines, later ones on stderr.
    const lost = /^Lost (\d+) events/.exec(line);
    if (lost) return loss.reported(Number(lost[1]));
    if (emitted.take(line)) {
      // When it detaches, bpftrace leaves lines unread. They are from after the end, which is no loss,
      // unless it was ended before it had read as far as that.
      if (stopping) emittedInAll = emitted.all;
      else options.onLine(line);
      return;
    }
    const printed = emitted.printed();
    if (printed !== undefined && !stopping) loss.emitted(printed);
    // At its end bpftrace prints every map, when some scripts are detached already.
    if (line.startsWith("@") && (stopping || !COUNTS.test(line))) return;
    options.onLine(line);
    if (line.startsWith("t\t")) {
      const [, timeNs, count] = line.split("\t");
      loss.tick(Number(timeNs), performance.now(), count ? Number(count) : undefined);
      ready.resolve();
    } else if (line[1] === "\t" && !line.startsWith("b\t")) loss.received();
  };
  const complain = (line: string) => {
    const lost = /^Lost (\d+) events/.exec(line);
    if (lost) loss.reported(Number(lost[1]));
    else if (line !== "" && stderr.length < 100) stderr.push(line.slice(0, 500));
  };
  const ended = (async () => {
    const reading = Promise.all([
      readLines(child.stdout, handle),
      readLines(child.stderr, complain),
    ]);
    const result = await child;
    isEnded = true;
    clearInterval(sampling);
    clearInterval(missing);
    clearTimeout(force);
    await reading.catch(() => {});
    loss.end();
    await remove();
    const { exitCode: exitStatus, signal } = result;
    const said = saidOf(stderr);
    const words = bound ?? memoryWords(share, said) ?? undefined;
    const how = { exitStatus, signal, said, ...(words === undefined ? {} : { bound: words }) };
    const failure = stopping ? undefined : new BpftraceDied(how);
    if (failure) ready.reject(failure);
    else ready.reject(new LasthopError("stopped", "Cannot trace: stopped before it was attached"));
    return failure ? { failure } : {};
  })();

  async function stop(): Promise<void> {
    stopping = true;
    if (!isEnded) end();
    await ended;
  }
  return { ready: ready.promise, stop, tellUnread: () => loss.unread(emittedInAll), ended, pid };
}

/** Ends what `LAUNCH` has put it before others for. */
function beOrdinary(pid: number): void {
  void execa("renice", ["0", "-p", String(pid)], { reject: false, stdio: "ignore" });
  Deno.writeTextFile(`/proc/${pid}/autogroup`, "0").catch(() => {});
}

/** Not by execa's own kill, which sends at most one signal under Deno 2.9, and closes stdin. */
function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function readLines(
  stream: AsyncIterable<Uint8Array | string> | null | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  if (!stream) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", from)) {
      onLine(rest.slice(from, end));
      from = end + 1;
    }
    rest = rest.slice(from);
  }
}

/** Lines of bpftrace's stderr that are there on every good run, too. */
const NOISE = /RLIMIT_MEMLOCK|Addrspace is not set|^\s*$/;

/** The last lines of stderr that tell something; "" for none. */
function saidOf(stderr: readonly string[]): string {
  return stderr.filter((line) => !NOISE.test(line)).slice(-3).join("; ");
}

function attachTimeout(timeoutMs: number, stderr: string[]): LasthopError {
  const said = saidOf(stderr);
  return new LasthopError(
    "attach_timeout",
    `Cannot start tracing: bpftrace has not attached after ${timeoutMs / 1000} s` +
      `${said ? `, saying: ${said}` : ""}; must attach within that time`,
  );
}
