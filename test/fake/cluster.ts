/** Three nodes with four pods each, as namespaces: routes between the nodes, a bridge on each. */

/** Names of namespaces are `PREFIXn1` for a node and `PREFIXp12` for the second pod of the first. */
export interface Cluster {
  /** `--node` options of `lasthop trace` for all nodes. */
  nodes: string[];
  node(node: number): string;
  pod(node: number, pod: number): string;
  /** Runs a command in a namespace; rejects when it fails, unless told. */
  inside(netns: string, command: string[], options?: { mayFail?: boolean }): Promise<void>;
  /** Serves HTTP in a namespace until the cluster goes; resolves when it listens. */
  serve(netns: string, port: number): Promise<void>;
}

const NODES = [1, 2, 3];
const PODS = [1, 2, 3, 4];

/** Pods have 10.4N.0.1P, their nodes 192.168.77.N; all is taken down at the end. */
export async function withCluster(
  prefix: string,
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  // Another run of the same test on this machine has a network of its own.
  const own = `${prefix}${Deno.pid}`;
  const [wire, node, pod] = [
    `${own}w`,
    (n: number) => `${own}n${n}`,
    (n: number, p: number) => `${own}p${n}${p}`,
  ];
  const all = [wire, ...NODES.flatMap((n) => [node(n), ...PODS.map((p) => pod(n, p))])];
  const servers: Deno.ChildProcess[] = [];
  try {
    for (const name of all) await run(["ip", "netns", "add", name]);
    await batch(wire, ["link add br0 type bridge", "link set br0 up"]);
    for (const n of NODES) {
      await batch(node(n), [
        "link set lo up",
        `link add eth0 type veth peer name e${n} netns ${wire}`,
        `addr add 192.168.77.${n}/24 dev eth0`,
        "link set eth0 up",
        "link add cni0 type bridge",
        `addr add 10.4${n}.0.1/24 dev cni0`,
        "link set cni0 up",
        ...NODES.filter((other) => other !== n)
          .map((other) => `route add 10.4${other}.0.0/24 via 192.168.77.${other}`),
        ...PODS.map((p) =>
          `link add v${p} master cni0 up type veth peer name eth0 netns ${pod(n, p)}`
        ),
      ]);
      await batch(wire, [`link set e${n} master br0 up`]);
      await run(["ip", "netns", "exec", node(n), "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
      for (const p of PODS) {
        await batch(pod(n, p), [
          "link set lo up",
          `addr add 10.4${n}.0.1${p}/24 dev eth0`,
          "link set eth0 up",
          `route add default via 10.4${n}.0.1`,
        ]);
      }
    }
    await work({
      nodes: NODES.flatMap((n) => [
        "--node",
        `n${n}=${[node(n), ...PODS.map((p) => pod(n, p))].join()}`,
      ]),
      node,
      pod,
      inside: (netns, command, options) => run(["ip", "netns", "exec", netns, ...command], options),
      serve: async (netns, port) => void servers.push(await server(netns, port)),
    });
  } finally {
    for (const one of servers) {
      one.kill("SIGKILL");
      await one.status;
    }
    for (const name of all) await run(["ip", "netns", "del", name], { mayFail: true });
  }
}

const batch = (netns: string, lines: string[]) =>
  run(["ip", "-n", netns, "-batch", "-"], { input: lines.join("\n") + "\n" });

/** A program of Deno as a command. */
export const program = (text: string): string[] => [Deno.execPath(), "eval", "--no-config", text];

/** Resolves when it says that it listens. */
async function server(netns: string, port: number): Promise<Deno.ChildProcess> {
  const text = `Deno.serve({ port: ${port}, onListen: () => console.log("listens") },` +
    `() => new Response("x".repeat(2000), { headers: { connection: "close" } }))`;
  const args = ["netns", "exec", netns, Deno.execPath(), "eval", "--no-config", text];
  // Elsewhere than in the project, whose packages it would ask the registry about.
  const process = new Deno.Command("ip", { args, cwd: "/", stdin: "null", stdout: "piped" })
    .spawn();
  const reader = process.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return process;
}

async function run(
  [file, ...args]: string[],
  { mayFail = false, input = "" }: { mayFail?: boolean; input?: string } = {},
): Promise<void> {
  const process = new Deno.Command(file!, {
    args,
    // Elsewhere than in the project, whose packages a program of Deno would ask the registry about.
    cwd: "/",
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { success, stderr } = await process.output();
  if (!success && !mayFail) {
    throw new Error(`${[file, ...args].join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
