/** What watches while the flow is measured: this program's scripts, all of it, and others to compare. */
import { execa } from "execa";
import { parseFilter } from "../../../src/event/filter/mod.ts";
import { kernelFilter } from "../../../src/probe/filter/kernel_filter.ts";
import { type Capability, readCapability } from "../../../src/probe/kernel/capability.ts";
import { attach } from "../../../src/probe/run/attach.ts";
import { budgetOf, bufferPages, EVENTS_PER_PERCENT } from "../../../src/probe/run/budget.ts";
import { RECORDER_MAP_KEYS } from "../../../src/probe/run/choosing.ts";
import { loadSources } from "../../../src/probe/run/render.ts";
import { countersOf, mapKeysFor, newMix } from "../../../src/probe/run/counting.ts";
import { DEFAULT_SHARE, type Share } from "../../../src/probe/run/share.ts";
import { ECHO_PORT, PORT } from "./load.ts";
import { DEVICES } from "./overlay.ts";

/** One thing that watches; `watch` resolves when it is attached. */
export interface Watcher {
  /** As the table names it. */
  name: string;
  watch(): Promise<Watching>;
  /**
   * Lines a second that it tells for long. Where it is there, the flow is measured when no more is told
   * any more, not in the burst before.
   */
  steady?: number;
}

/** One that is attached. */
export interface Watching {
  /** Ends it; resolves when it is gone. */
  end(): Promise<void>;
  /** Lines that it told, and such as were lost, while that is known. */
  told?(): { lines: number; lost: number };
  /** The process that holds the programs, where there is one. */
  pid?: number;
}

/** What the scripts may take: the default, but for the processor, of which a bench is not to be ended. */
const SHARE: Share = { ...DEFAULT_SHARE, cpuPercent: 100 };

/** An emulated machine takes minutes to compile them. */
const ATTACH_TIMEOUT_MS = 15 * 60_000;

/** How much is told for long: the default, or $BUDGET events a second; 0 for all. */
const EVENTS_PER_SECOND = Number(
  Deno.env.get("BUDGET") ?? DEFAULT_SHARE.cpuPercent * EVENTS_PER_PERCENT,
);

/** Filters of a hit and of a miss. */
export const HIT = `udp and (port ${PORT} or port ${ECHO_PORT})`;
export const MISS = "udp and port 9";

/** Nothing: what runs alike differ by is the noise. */
export const NOTHING: Watcher = {
  name: "nothing",
  watch: () => Promise.resolve({ end: () => Promise.resolve() }),
};

/** What `lasthop record` allows. */
const RECORDER_EVENTS_PER_SECOND = 2_000;

/** The recorder of all packets, of which none of the flow's dies, when it knows that the flow is busy. */
export const recorder = (name: string, binary?: string): Watcher => ({
  ...scripts(name, "", binary, { isRecorder: true }),
  steady: RECORDER_EVENTS_PER_SECOND,
});

/** lasthop's scripts when what was saved for a burst is told. */
export const steadyScripts = (
  name: string,
  filter: string,
  binary?: string,
  how?: How,
): Watcher => ({
  ...scripts(name, filter, binary, how),
  steady: EVENTS_PER_SECOND,
});

/** What of the scripts is not as it is by default. */
export interface How {
  isRecorder?: boolean;
  /** Counters of packets; 0: none. */
  counters?: number;
}

/** lasthop's scripts on a bpftrace, whose lines are counted and thrown away. */
export function scripts(
  name: string,
  filter: string,
  binary = "bpftrace",
  { isRecorder = false, counters = countersOf(DEFAULT_SHARE) }: How = {},
): Watcher {
  let capability: Promise<Capability> | undefined;
  return {
    name,
    async watch() {
      const machine = await (capability ??= readCapability(binary));
      const { tracepoints, kprobes, conntrack, headerWords, dropReason, raw, bpftrace } = machine;
      const eventsPerSecond = isRecorder ? RECORDER_EVENTS_PER_SECOND : EVENTS_PER_SECOND;
      const share = { ...SHARE, eventsPerSecond };
      const told = { lines: 0, lost: 0 };
      const { run } = await attach({
        sources: await loadSources(),
        render: {
          tracepoints,
          kprobes,
          netns: null,
          filter: kernelFilter(parseFilter(filter)).expression,
          follow: true,
          counters: isRecorder || counters === 0 ? null : newMix(),
          recorder: isRecorder,
          tunnelPorts: { vxlan: [4789, 8472], geneve: [6081], fou: [] },
          budget: eventsPerSecond > 0 ? budgetOf(share, machine) : null,
          conntrack,
          headerWords,
          reason: dropReason,
          raw,
        },
        run: {
          onLine: () => told.lines++,
          onLost: (count) => told.lost += count,
          binary,
          version: bpftrace ?? undefined,
          bufferPages: bufferPages(share, machine),
          share,
          attachTimeoutMs: ATTACH_TIMEOUT_MS,
          mapKeys: isRecorder ? RECORDER_MAP_KEYS : mapKeysFor(counters),
        },
        onProgress: (text) => console.error(`${name}: ${text}`),
        signal: new AbortController().signal,
      });
      return { end: () => run.stop(), told: () => told, pid: run.pid };
    },
  };
}

/** All of `lasthop trace`: the scripts, what reads them, the analysis, without archive and page. */
export function wholeTrace(name: string, filter: string): Watcher {
  return {
    name,
    async watch() {
      const folder = await Deno.makeTempDir({ prefix: "lhov-" });
      const ready = `${folder}/ready`;
      const changes = Deno.watchFs(folder);
      const repository = new URL("../../../", import.meta.url).pathname;
      const child = new Deno.Command(`${repository}lasthop`, {
        args: ["trace", "--no-archive", "--no-listen", "--json", "--cpu-share", "100"]
          .concat(["--ready-file", ready, filter]),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      for await (const { paths } of changes) if (paths.includes(ready)) break;
      await Deno.remove(folder, { recursive: true });
      return {
        async end() {
          child.kill("SIGINT");
          const slow = setTimeout(() => child.kill("SIGINT"), 5_000);
          await child.status;
          clearTimeout(slow);
        },
      };
    },
  };
}

/** The two tracepoints of every hop, as anybody would write them; `printing` a line of 12 fields. */
export function plain(name: string, printing: boolean, binary = "bpftrace"): Watcher {
  const action = printing
    ? `printf("%lld %d %llx %d %d %d %d %d %d %d %d %d\\n", nsecs, cpu, args->skbaddr, args->len,
       pid, tid, 1, 2, 3, 4, 5, 6);`
    : "if (args->len == 77777) { @ = count(); }";
  const program = `tracepoint:net:netif_receive_skb { ${action} }
    tracepoint:net:net_dev_start_xmit { ${action} }
    interval:ms:100 { printf("tick\\n"); }`;
  return {
    name,
    watch: () => process("unshare", ["-m", "sh", "-c", MOUNT, binary, program], "tick"),
  };
}

/** Becomes bpftrace where tracefs is mounted for it alone. */
const MOUNT = `[ -d /sys/kernel/tracing/events ] || mount -t tracefs nodev /sys/kernel/tracing
[ -d /sys/kernel/debug/tracing/events ] || mount -t debugfs nodev /sys/kernel/debug
exec "$0" -B line -e "$1"`;

/** A tcpdump on each device of the way, writing packets nowhere. */
export function tcpdumps(name: string, filter: string, binary: string): Watcher {
  return {
    name,
    async watch() {
      const all = await Promise.all(DEVICES.map(([netns, device]) =>
        process(
          "ip",
          [
            "netns",
            "exec",
            netns,
            binary,
            "-i",
            device,
            "-Z",
            "root",
            "-n",
            "-U",
            "-w",
            "/dev/null",
            filter,
          ],
          "listening",
        )
      ));
      return {
        async end() {
          await Promise.all(all.map((one) => one.end()));
        },
      };
    },
  };
}

/** A process that says a word when it has begun, and ends by SIGINT. */
export async function process(command: string, args: string[], word: string): Promise<Watching> {
  const child = execa(command, args, {
    reject: false,
    buffer: false,
    stdin: "ignore",
    env: { BPFTRACE_PERF_RB_PAGES: "4096" },
  });
  const begun = Promise.withResolvers<void>();
  const read = async (stream: AsyncIterable<Uint8Array | string>) => {
    let head = "";
    for await (const part of stream) {
      if (head.length > 4_000) continue;
      head += typeof part === "string" ? part : new TextDecoder().decode(part);
      if (head.includes(word)) begun.resolve();
    }
    begun.reject(new Error(`${command} ended, saying: ${head.slice(0, 300)}`));
  };
  const reading = Promise.all([read(child.stdout!), read(child.stderr!)]);
  reading.catch(() => {});
  await begun.promise;
  return {
    pid: child.pid,
    async end() {
      Deno.kill(child.pid!, "SIGINT");
      await child;
      await reading;
    },
  };
}
