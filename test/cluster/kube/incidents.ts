/** Incidents in the tests' cluster, each traced by the command that a person would type. */
import type { Report } from "../../../src/event/report.ts";
import { type Running, startLasthop } from "../../fake/lasthop.ts";
import { type Cluster, environment } from "./cluster.ts";

interface Incident {
  name: string;
  /** After `kubectl lasthop`. */
  typed: string[];
  /** Breaks something, before the trace begins. */
  before?(cluster: Cluster): Promise<void>;
  /** What a client does while it is traced. */
  traffic(cluster: Cluster): Promise<void>;
  /** Mends it. */
  after?(cluster: Cluster): Promise<void>;
  /** What is wrong with the report; empty: nothing. */
  faults(report: Report): string[];
}

/** One request of the shop's checkout. */
const ask = (address: string, port = 80) => async ({ kubectl }: Cluster) => {
  const request = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} ${port}`;
  for (let i = 0; i < 3; i++) {
    await kubectl("-n", "shop", "exec", "checkout", "--", "sh", "-c", request).catch(() => "");
  }
};

const problemsOf = ({ problems }: Report) =>
  problems.map(({ cause, outcome }) => cause?.code ?? outcome).join(", ") || "none";

const expects = (...codes: string[]) => (report: Report) =>
  report.problems.some(({ cause }) => codes.includes(cause?.code ?? ""))
    ? []
    : [`problems: ${problemsOf(report)}, must be ${codes.join(" or ")}`];

const INCIDENTS: Incident[] = [
  {
    name: "a service that is well",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "6s"],
    traffic: ask("10.96.0.20"),
    faults: ({ problems, nodes, exchanges }) => [
      ...nodes.length === 2 ? [] : [`${nodes.length} nodes`],
      ...problems.length === 0 ? [] : [`problems: ${problems.length}`],
      ...exchanges.some(({ outcome }) => outcome === "answered") ? [] : ["nothing was answered"],
    ],
  },
  {
    name: "a service without endpoints",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/stock", "--for", "6s"],
    traffic: ask("10.96.0.30"),
    faults: expects("service-without-endpoint"),
  },
  {
    name: "a NetworkPolicy-shaped drop on the server's node",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "6s"],
    async before({ nodes }) {
      await nodes[1]!.run(
        ...["iptables", "-I", "FORWARD", "-d", "10.244.2.0/24", "-p", "tcp", "--dport", "8080"],
        ...["-m", "comment", "--comment", "policy shop/deny-all", "-j", "DROP"],
      );
    },
    traffic: ask("10.96.0.20"),
    async after({ nodes }) {
      await nodes[1]!.run(
        ...["iptables", "-D", "FORWARD", "-d", "10.244.2.0/24", "-p", "tcp", "--dport", "8080"],
        ...["-m", "comment", "--comment", "policy shop/deny-all", "-j", "DROP"],
      );
    },
    faults: expects("netfilter-drop"),
  },
  {
    name: "the pods of the other node have no route",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "6s"],
    async before({ nodes }) {
      await nodes[0]!.run("ip", "route", "replace", "blackhole", "10.244.2.0/24");
    },
    traffic: ask("10.96.0.20"),
    async after({ nodes }) {
      await nodes[0]!.run("ip", "route", "del", "blackhole", "10.244.2.0/24");
      await nodes[0]!.run("ip", "route", "add", "10.244.2.0/24", "via", nodes[1]!.address);
    },
    faults: expects("route-blackhole"),
  },
];

function start(cluster: Cluster, words: readonly string[]): Promise<Running> {
  const options = { prefix: cluster.laptop, env: environment(cluster) };
  const quiet = words[0] === "trace" ? ["--json", "--no-archive"] : [];
  return startLasthop(["cluster", ...words, ...quiet], options);
}

/** What of any trace is still in the cluster. */
async function leftIn({ kubectl, nodes }: Cluster): Promise<string[]> {
  const kinds = "namespaces,clusterroles,clusterrolebindings,pods,secrets";
  const all = await kubectl("get", kinds, "-A", "-o", "name");
  const names = all.split("\n").filter((line) => line.includes("lasthop"));
  const running = await Promise.all(
    nodes.map(({ name, run }) =>
      run("sh", "-c", "cat /proc/[0-9]*/comm | grep -c bpftrace || true").then((count) =>
        Number(count) > 0 ? [`${name} runs bpftrace`] : []
      )
    ),
  );
  return [...names, ...running.flat()];
}

/** A command that traces nothing, and what must be in what it says. */
async function says(cluster: Cluster, words: readonly string[], expected: RegExp) {
  console.log(`$ kubectl lasthop ${words.join(" ")}`);
  const { code, stdout, stderr } = await (await start(cluster, words)).ended;
  console.log(`${stderr}${stdout}`.trim());
  return expected.test(stdout) ? [] : [`it said ${stdout} (exit ${code})`];
}

/** Traces all of them; the number of faults. */
export async function runIncidents(
  cluster: Cluster,
  tell: (text: string) => void,
): Promise<number> {
  let count = 0;
  const judge = (faults: string[]) => {
    for (const fault of faults) tell(`FAULT: ${fault}`);
    count += faults.length;
  };
  for (const incident of INCIDENTS) {
    tell(`— ${incident.name}`);
    await incident.before?.(cluster);
    const beganMs = performance.now();
    const trace = await start(cluster, incident.typed);
    console.log(`$ kubectl lasthop ${incident.typed.join(" ")}`);
    const isReady = await trace.says("ready: send your traffic").then(() => true, () => false);
    const readyMs = performance.now() - beganMs;
    if (isReady) await incident.traffic(cluster);
    const { code, stdout, stderr } = await trace.ended;
    const wholeMs = performance.now() - beganMs;
    await incident.after?.(cluster);
    for (const line of stderr.trim().split("\n")) console.log(line);
    if (!isReady) {
      judge([`it ended before it saw: exit ${code}`]);
      continue;
    }
    const report = JSON.parse(stdout) as Report;
    for (const { cause, outcome } of report.problems) {
      console.log(`✕ ${outcome}, ${cause?.code}: ${cause?.sentence}`);
    }
    const seconds = (ms: number) => (ms / 1000).toFixed(0);
    tell(`saw after ${seconds(readyMs)} s, whole ${seconds(wholeMs)} s, exit ${code}`);
    judge([...incident.faults(report), ...await leftIn(cluster)]);
  }
  tell("— which nodes can be traced");
  judge(await says(cluster, ["doctor"], /2 of 2 machines can be traced/));
  judge(await leftIn(cluster));
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    tell(`— ${signal} while it is traced`);
    const trace = await start(cluster, ["trace", "-n", "shop", "pod/checkout"]);
    await trace.says("ready: send your traffic");
    await trace.end(signal);
    const endedMs = performance.now();
    await cluster.until("nothing is left", async () => (await leftIn(cluster)).length === 0);
    tell(`nothing is left ${((performance.now() - endedMs) / 1000).toFixed(0)} s after it`);
  }
  return count;
}
