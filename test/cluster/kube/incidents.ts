/** Incidents in the tests' cluster, each traced by the command that a person would type. */
import type { Report } from "../../../src/event/report.ts";
import { pause } from "../../../src/timers/pause.ts";
import { run } from "../../deploy/image/root.ts";
import { type Running, startLasthop } from "../../fake/lasthop.ts";
import { type Cluster, environment } from "./cluster.ts";

/**
 * So old must a service be by its own word before its rules are missed (R133): ten seconds to write them, three
 * that clocks may differ by, and two for times in whole seconds and a slow answer.
 */
const RULES_MISSED_MS = 15_000;

/** So long a busy machine takes to end pods. */
const LEFT_MS = 300_000;

const OBJECTS = new URL("./objects.yaml", import.meta.url).pathname;

interface Incident {
  name: string;
  /** After `kubectl lasthop`. */
  typed: string[];
  /** Breaks something, before the trace begins. */
  before?(cluster: Cluster): Promise<void>;
  /** What a client does while it is traced. */
  traffic(cluster: Cluster, trace: Running): Promise<void>;
  /** Mends it. */
  after?(cluster: Cluster): Promise<void>;
  /** What is wrong with the report; empty: nothing. */
  faults(report: Report): string[];
}

/** A pod like that of payments, on another node. */
const onNode3 = (what: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${what}, namespace: shop, labels: { app: payments } }
spec:
  nodeName: node3
  terminationGracePeriodSeconds: 1
  automountServiceAccountToken: false
  containers:
    - name: main
      image: localhost/pause:1
      imagePullPolicy: Never
      command: ["/bin/busybox", "httpd", "-f", "-p", "8080"]
`;

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
      ...nodes.length >= 2 ? [] : [`${nodes.length} nodes`],
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

/** Incidents in which something of the cluster itself is replaced, stopped or in the way. */
const OF_THE_CLUSTER: Incident[] = [
  {
    name: "a node port that counts the node's own endpoints alone",
    typed: ["trace", "tcp and port 30080", "--for", "6s"],
    async traffic({ laptop, nodes }) {
      for (let i = 0; i < 3; i++) {
        await run([...laptop, "busybox", "nc", "-w", "2", nodes[0]!.address, "30080"])
          .catch(() => "");
      }
    },
    faults: (report) => [
      ...expects("service-without-endpoint")(report),
      ...report.flows.some(({ destinationName }) =>
          destinationName === "service shop/front by node node1"
        )
        ? []
        : ["the node port has no name"],
    ],
  },
  {
    name: "a pod is replaced while it is traced",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "30s"],
    async traffic(cluster) {
      const { kubectl, until } = cluster;
      await ask("10.96.0.20")(cluster);
      const address = () => endpointOf(cluster, "payments");
      const before = await address();
      await kubectl("-n", "shop", "delete", "pod", "payments");
      await kubectl("apply", "-f", OBJECTS);
      await until("another pod is ready", async () => {
        const now = await address();
        return now !== "" && now !== before;
      });
      await ask("10.96.0.20")(cluster);
    },
    faults({ exchanges, flows }) {
      const servers = new Set(
        flows.flatMap(({ translated }) => translated ? [translated.destination] : []),
      );
      return [
        ...exchanges.some(({ outcome }) => outcome === "answered") ? [] : ["nothing was answered"],
        ...servers.size >= 2 ? [] : [`translated to ${[...servers]}, must be to two`],
      ];
    },
  },
  {
    name: "a connection stays to a pod that is deleted",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/ledger", "--for", "40s"],
    before: async (cluster) => {
      await apply(cluster, LEDGER);
      await cluster.until(
        "the ledger is ready",
        async () => await endpointOf(cluster, "ledger") !== "",
      );
    },
    async traffic(cluster) {
      const { kubectl, nodes } = cluster;
      const checkout = ["get", "pod", "checkout", "-o", "jsonpath={.status.podIP}"];
      const client = await kubectl("-n", "shop", ...checkout);
      // It ends before the trace does.
      const talking = nodes[0]!.run("sh", "-c", TALK, client, LEDGER_ADDRESS);
      await kubectl("-n", "shop", "delete", "pod", "ledger");
      await talking;
    },
    after: async ({ kubectl }) => void await kubectl("-n", "shop", "delete", "service", "ledger"),
    faults: (report) => [
      ...expects("destination-gone")(report),
      ...report.problems.some(({ cause }) =>
          cause?.sentence.includes("pod shop/ledger on node2 had")
        )
        ? []
        : ["the pod has no name"],
    ],
  },
  {
    name: "a vxlan between the nodes, and its port is closed",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "6s"],
    before: async ({ nodes }) => {
      await overlay(nodes);
      await nodes[1]!.run(...["iptables", "-I", "INPUT", ...VXLAN_PORT, "-j", "DROP"]);
    },
    traffic: ask("10.96.0.20"),
    async after({ nodes }) {
      await nodes[1]!.run(...["iptables", "-D", "INPUT", ...VXLAN_PORT, "-j", "DROP"]);
    },
    faults: expects("tunnel-blocked"),
  },
  {
    name: "the vxlan between the nodes is well",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "6s"],
    traffic: ask("10.96.0.20"),
    async after({ nodes: [one, two] }) {
      await one!.run("ip", "route", "replace", "10.244.2.0/24", "via", two!.address);
      await two!.run("ip", "route", "replace", "10.244.1.0/24", "via", one!.address);
      for (const node of [one!, two!]) await node.run("ip", "link", "del", "flannel.1");
    },
    faults: ({ problems, exchanges }) => [
      ...problems.length === 0 ? [] : [`problems: ${problems.length}`],
      ...exchanges.some(({ outcome }) => outcome === "answered") ? [] : ["nothing was answered"],
    ],
  },
  {
    name: "kube-proxy is stopped, and a service comes after that",
    typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/late", "--for", "6s"],
    async before({ nodes, kubectl }) {
      await nodes[0]!.end("kube-proxy");
      const port = ["--port", "80", "--target-port", "8080"];
      await kubectl("-n", "shop", "expose", "pod", "payments", "--name", "late", ...port);
    },
    async traffic(cluster) {
      const { kubectl } = cluster;
      const jsonpath = ["-o", "jsonpath={.spec.clusterIP}"];
      const address = await kubectl("-n", "shop", "get", "service", "late", ...jsonpath);
      const made = ["-o", "jsonpath={.metadata.creationTimestamp}"];
      const madeMs = Date.parse(await kubectl("-n", "shop", "get", "service", "late", ...made));
      // Most of it has gone while the probes were started.
      const leftMs = madeMs + RULES_MISSED_MS - Date.now();
      if (leftMs > 0) await pause(leftMs, AbortSignal.timeout(2 * RULES_MISSED_MS));
      await ask(address)(cluster);
    },
    faults: expects("service-rules-stale"),
  },
];

/** With a third node: it is released, and watched again when an endpoint comes onto it. */
const RELEASED: Incident = {
  name: "a node that is no end is released, until an endpoint comes onto it",
  typed: ["trace", "-n", "shop", "pod/checkout", "--to", "svc/payments", "--for", "75s"],
  async traffic(cluster, trace) {
    await ask("10.96.0.20")(cluster);
    await trace.finds(/node3 is released/);
    await apply(cluster, onNode3("payments-3"));
    await trace.finds(/node3 is watched again[^]*✓ node3 sees/);
    for (let i = 0; i < 4; i++) await ask("10.96.0.20")(cluster);
  },
  after: async ({ kubectl }) => void await kubectl("-n", "shop", "delete", "pod", "payments-3"),
  faults({ flows, problems }) {
    const onThird = flows.filter(({ path }) => path.some(({ node }) => node === "node3"));
    return [
      ...problems.length === 0 ? [] : [`problems: ${problemsOf({ problems } as Report)}`],
      ...onThird.some(({ outcome }) => outcome === "delivered") ? [] : ["nothing came to node3"],
    ];
  },
};

const LEDGER_ADDRESS = "10.96.0.60";

/** It takes connections, and reads what comes. */
const LEDGER = `
apiVersion: v1
kind: Pod
metadata: { name: ledger, namespace: shop, labels: { app: ledger } }
spec:
  nodeName: node2
  terminationGracePeriodSeconds: 1
  automountServiceAccountToken: false
  containers:
    - name: main
      image: localhost/pause:1
      imagePullPolicy: Never
      command: ["/bin/busybox", "nc", "-ll", "-p", "7000", "-e", "/bin/busybox", "cat"]
---
apiVersion: v1
kind: Service
metadata: { name: ledger, namespace: shop }
spec:
  clusterIP: ${LEDGER_ADDRESS}
  selector: { app: ledger }
  ports: [{ name: tcp, port: 70, targetPort: 7000 }]
`;

/**
 * In the namespace of the pod with the address $0, a client that never looks whether the other end has closed:
 * it writes to $1 each three seconds, so that it does not when the pod's kernel could still say so.
 */
const TALK = `
for name in /run/netns/cni-*; do
  nsenter --net=$name ip -4 addr show eth0 | grep -q "inet $0/" && break
done
exec nsenter --net=$name python3 -c '
import socket, sys, time
s = socket.create_connection((sys.argv[1], 70))
for i in range(10):
  time.sleep(3)
  try: s.send(b"line")
  except OSError: pass
' "$1"
`;

/** Objects as text. */
async function apply({ kubectl }: Cluster, text: string): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(path, text);
  await kubectl("apply", "-f", path);
  await Deno.remove(path);
}

/** Where a service leads; "": nowhere. */
const endpointOf = ({ kubectl }: Cluster, service: string): Promise<string> =>
  kubectl("-n", "shop", "get", "endpoints", service, "-o", "jsonpath={..ip}");

const VXLAN_PORT = ["-p", "udp", "--dport", "8472"];

/** As flannel makes it between the first two nodes: a device on each, entries by hand, and the other node's pods behind it. */
async function overlay(nodes: Cluster["nodes"]): Promise<void> {
  const mac = (index: number) => `02:00:00:00:0f:0${index + 1}`;
  const inside = (index: number) => `10.244.${index + 1}.0`;
  for (const [index, { run, address }] of nodes.slice(0, 2).entries()) {
    const vxlan = ["type", "vxlan", "id", "1", "local", address, "dev", "eth0", "dstport", "8472"];
    await run("ip", "link", "add", "flannel.1", "address", mac(index), ...vxlan, "nolearning");
    await run("ip", "addr", "add", `${inside(index)}/32`, "dev", "flannel.1");
    await run("ip", "link", "set", "flannel.1", "up");
    const other = 1 - index;
    const device = ["dev", "flannel.1"];
    await run("ip", "neigh", "add", inside(other), "lladdr", mac(other), ...device);
    await run("bridge", "fdb", "add", mac(other), ...device, "dst", nodes[other]!.address);
    const route = [`${inside(other)}/24`, "via", inside(other), ...device, "onlink"];
    await run("ip", "route", "replace", ...route);
  }
}

/** In a group of its own, as a shell starts it: its number is that of the group. */
function start(cluster: Cluster, words: readonly string[]): Promise<Running> {
  const options = { prefix: [...cluster.laptop, "setsid"], env: environment(cluster) };
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

/** Traces all of them, or those whose names have a word alone; the number of faults. */
export async function runIncidents(
  cluster: Cluster,
  tell: (text: string) => void,
  only?: string,
): Promise<number> {
  let count = 0;
  const judge = (faults: string[]) => {
    for (const fault of faults) tell(`FAULT: ${fault}`);
    count += faults.length;
  };
  // Before the last of the others, which stops a kube-proxy for good.
  const all = [...INCIDENTS, ...cluster.nodes.length > 2 ? [RELEASED] : [], ...OF_THE_CLUSTER];
  for (const incident of all.filter(({ name }) => only === undefined || name.includes(only))) {
    tell(`— ${incident.name}`);
    await incident.before?.(cluster);
    const beganMs = performance.now();
    const trace = await start(cluster, incident.typed);
    console.log(`$ kubectl lasthop ${incident.typed.join(" ")}`);
    const isReady = await trace.says("ready: send your traffic").then(() => true, () => false);
    const readyMs = performance.now() - beganMs;
    if (isReady) await incident.traffic(cluster, trace);
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
    // A busy kubelet of 1.20 may end a pod later than the command waits, which says so then.
    if (stderr.includes("is not gone")) {
      const isClean = async () => (await leftIn(cluster)).length === 0;
      await cluster.until("nothing is left, later than it was waited for", isClean, LEFT_MS);
    }
    judge([...incident.faults(report), ...await leftIn(cluster)]);
  }
  if (only !== undefined) return count;
  tell("— which nodes can be traced");
  judge(await says(cluster, ["doctor"], /(\d) of \1 machines can be traced/));
  judge(await leftIn(cluster));
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    tell(`— ${signal} while it is traced`);
    const trace = await start(cluster, ["trace", "-n", "shop", "pod/checkout"]);
    await trace.says("ready: send your traffic");
    // Ctrl-C in a terminal is for all that the command began as well.
    Deno.kill(signal === "SIGINT" ? -trace.pid : trace.pid, signal);
    const { code, stderr } = await trace.ended;
    if (signal === "SIGINT" && code !== 0) judge([`it ended with ${code}: ${stderr}`]);
    const endedMs = performance.now();
    // After a minute of silence, and then as long as the pods take.
    const isClean = async () => (await leftIn(cluster)).length === 0;
    await cluster.until("nothing is left", isClean, LEFT_MS);
    tell(`nothing is left ${((performance.now() - endedMs) / 1000).toFixed(0)} s after it`);
  }
  return count;
}
