/**
 * Runs in a guest: what each program takes of a packet that passes, those of the deeper scripts beside
 * those of the devices, by the kernel's own count of their runs and of their time. All are attached at
 * once and see one flow, so that what else the machine does is in all figures alike. The trap by which
 * a kprobe is entered is in none of them.
 */
import { PORT } from "../../bench/overhead/load.ts";
import { buildOverlay, RECEIVER, RECEIVING, SENDING } from "../../bench/overhead/overlay.ts";
import { MISS } from "../../bench/overhead/watchers.ts";
import { parseFilter } from "../../../src/event/filter/mod.ts";
import { kernelFilter } from "../../../src/probe/filter/kernel_filter.ts";
import { readCapability } from "../../../src/probe/kernel/capability.ts";
import { attach } from "../../../src/probe/run/attach.ts";
import { budgetOf, bufferPages } from "../../../src/probe/run/budget.ts";
import { countersOf, mapKeysFor, newMix } from "../../../src/probe/run/counting.ts";
import { kernelOptions } from "../../../src/probe/run/kernel_options.ts";
import { loadSources, render } from "../../../src/probe/run/render.ts";
import { DEFAULT_SHARE } from "../../../src/probe/run/share.ts";

const PACKETS = 1_000;
/** Of these the fastest is each program's: whatever else the machine does only adds. */
const ROUNDS = 7;

const say = (text: string) => console.log(`guest: ${text}`);

async function sh(script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: ["-ec", script] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Rules and a filter that each packet of the flow meets, none of which is about it. */
const GUARDED = `ip netns exec ${SENDING} sh -ec '
nft add table ip t
nft add chain ip t o "{ type filter hook output priority 0; }"
for port in 1 2 3 4 5 6; do nft add rule ip t o udp dport $port drop; done
nft add rule ip t o ct state invalid drop
nft add rule ip t o udp dport ${PORT} accept
iptables-legacy -A OUTPUT -p tcp --dport 1 -j DROP
tc qdisc add dev eth0 clsact
tc filter add dev eth0 egress protocol ip flower ip_proto tcp action drop'`;

const FLOOD = `import socket
s = socket.socket(2, 2); s.connect(("${RECEIVER}", ${PORT}))
for _ in range(${PACKETS}):
  try: s.send(b"x" * 22)
  except OSError: pass`;

const RECEIVE = `import socket
s = socket.socket(2, 2); s.bind(("", ${PORT})); print("up", flush=True)
while True: s.recv(64)`;

/** Runs and nanoseconds of each program of a process, in the order in which they were loaded. */
function statsOf(pid: number): { runs: number; ns: number }[] {
  const files = [...Deno.readDirSync(`/proc/${pid}/fdinfo`)].map(({ name }) => Number(name))
    .sort((a, b) => a - b);
  return files.flatMap((fd) => {
    const text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${fd}`);
    const field = (word: string) => Number(new RegExp(`^${word}:\\s*(\\d+)`, "m").exec(text)?.[1]);
    return /^prog_type:/m.test(text) ? [{ runs: field("run_cnt"), ns: field("run_time_ns") }] : [];
  });
}

for (let tries = 0; tries < 5; tries++) {
  const { bpftrace, tracepointsRead } = await readCapability();
  if (bpftrace !== null && tracepointsRead) break;
}
await buildOverlay();
await sh(GUARDED);
await sh("sysctl -qw kernel.bpf_stats_enabled=1");
const capability = await readCapability();
const sources = await loadSources();
const counters = countersOf(DEFAULT_SHARE);
const share = { ...DEFAULT_SHARE, cpuPercent: 100, memoryBytes: 512 << 20 };
const fromMs = performance.now();
const attached = await attach({
  sources,
  render: {
    ...kernelOptions(capability),
    netns: null,
    filter: kernelFilter(parseFilter(MISS)).expression,
    follow: true,
    counters: newMix(),
    tunnelPorts: { vxlan: [4789], geneve: [6081], fou: [] },
    budget: budgetOf(share, capability),
    deep: true,
  },
  run: {
    onLine() {},
    onLost() {},
    binary: "bpftrace",
    version: capability.bpftrace ?? undefined,
    bufferPages: bufferPages(share, capability),
    share,
    attachTimeoutMs: 15 * 60_000,
    mapKeys: mapKeysFor(counters),
  },
  onProgress: say,
  signal: new AbortController().signal,
});
say(`attached after ${Math.round((performance.now() - fromMs) / 1000)} s`);
const { program } = render(sources, attached.render);
const probes = [...program.matchAll(/^((?:raw)?tracepoint|kprobe|kretprobe|interval):(\S+)/gm)]
  .map(([, kind, of]) => `${kind}:${of}`);
const receiver = new Deno.Command("ip", {
  args: ["netns", "exec", RECEIVING, "python3", "-c", RECEIVE],
  stdin: "null",
  stdout: "piped",
}).spawn();
await receiver.stdout.getReader().read();
const rounds: { runs: number; each: number }[][] = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = statsOf(attached.run.pid);
  await sh(`ip netns exec ${SENDING} python3 -c '${FLOOD.replaceAll("'", "'\\''")}'`);
  rounds.push(
    statsOf(attached.run.pid).map(({ runs, ns }, i) => {
      const ran = runs - before[i]!.runs;
      return { runs: ran / PACKETS, each: ran === 0 ? Infinity : (ns - before[i]!.ns) / ran };
    }),
  );
}
say(
  `${probes.length} probes, ${rounds[0]!.length} programs, ${ROUNDS} times ${PACKETS} packets sent`,
);
rounds[0]!.forEach(({ runs }, i) => {
  const each = Math.min(...rounds.map((round) => round[i]!.each));
  console.log(`| ${probes[i] ?? "?"} | ${runs.toFixed(2)} | ${each.toFixed(0)} |`);
});
receiver.kill("SIGKILL");
await attached.run.stop();
Deno.exit(0);
