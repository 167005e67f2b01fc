/** How long `kubectl lasthop trace` takes, step by step, where a service without endpoints is asked. */
import { startLasthop } from "../../fake/lasthop.ts";
import { setTimeout as pause } from "node:timers/promises";
import { type Cluster, environment } from "./cluster.ts";

const TYPED = ["trace", "-n", "shop", "pod/checkout", "--to", "svc/stock", "--for", "5s"];
const RUNS = 3;

/** What is printed at a step's end, in the order in which that happens. */
const STEPS: readonly (readonly [string, RegExp])[] = [
  ["kubectl made what the ingest needs", /waiting for the ingest/],
  ["the ingest is reached", /page: http/],
  ["the first node sees", /✓ node\d sees/],
  ["both nodes see", /ready: send your traffic/],
  ["the verdict, with names", /service-without-endpoint: .*pod shop\/checkout/],
  ["the report", /^cluster-.* problem/m],
];

/** Traces it a few times, and prints when each step ended, in seconds since the command was typed. */
export async function printTimes(cluster: Cluster): Promise<void> {
  const runs: number[][] = [];
  for (let i = 0; i < RUNS; i++) {
    const run = await timesOf(cluster);
    runs.push(run);
    console.log(run.map((seconds) => seconds.toFixed(1).padStart(6)).join(" "));
  }
  const names = [...STEPS.map(([name]) => name), "nothing is left", "CPU of the pods, both nodes"];
  console.log("\nseconds since it was typed: the least and the most of these");
  for (const [i, name] of names.entries()) {
    const of = runs.map((run) => run[i]!);
    console.log(
      `${Math.min(...of).toFixed(1).padStart(6)} ${
        Math.max(...of).toFixed(1).padStart(6)
      }  ${name}`,
    );
  }
}

async function timesOf(cluster: Cluster): Promise<number[]> {
  const over = new AbortController();
  const traffic = askUntil(cluster, over.signal);
  const cpuBefore = await cpuSeconds(cluster);
  const beganMs = performance.now();
  const options = { prefix: cluster.laptop, env: environment(cluster) };
  const trace = await startLasthop(["cluster", ...TYPED, "--no-archive"], options);
  const seconds: number[] = [];
  try {
    for (const [, pattern] of STEPS) {
      await trace.finds(pattern);
      seconds.push((performance.now() - beganMs) / 1000);
    }
    const { code } = await trace.ended;
    if (code !== 0) throw new Error(`Cannot time it: lasthop ended with ${code}`);
  } finally {
    over.abort();
    await traffic;
  }
  seconds.push((performance.now() - beganMs) / 1000);
  return [...seconds, await cpuSeconds(cluster) - cpuBefore];
}

/** The shop asks each second, before it is traced and until it was. */
async function askUntil({ kubectl }: Cluster, signal: AbortSignal): Promise<void> {
  const request = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 1 10.96.0.30 80";
  while (!signal.aborted) {
    await kubectl("-n", "shop", "exec", "checkout", "--", "sh", "-c", request).catch(() => "");
    await pause(1_000, undefined, { signal }).catch(() => {});
  }
}

async function cpuSeconds({ nodes }: Cluster): Promise<number> {
  const used = await Promise.all(
    nodes.map(({ name }) =>
      Deno.readTextFile(`/sys/fs/cgroup/cpuacct/lhk-${name}/cpuacct.usage`).catch(() => "0")
    ),
  );
  return used.reduce((sum, text) => sum + Number(text) / 1e9, 0);
}
