/** Firewalls between one client and one server, and `lasthop trace` over all of them. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Flow, Report } from "../../src/event/report.ts";
import type { Namespace } from "../../src/lab/namespace.ts";
import { Topology } from "../../src/lab/topology.ts";

const lasthop = new URL("../../lasthop", import.meta.url).pathname;

export interface Yard {
  topology: Topology;
  client: Namespace;
  server: Namespace;
}

/** A firewall of its own for every case, between one client and one server: 10.N.1.0, 10.N.2.0. */
export function firewall({ topology, client, server }: Yard, n: number): Namespace {
  const router = topology.namespace(`r${n}`, { forwarding: true });
  topology.veth(client, `to${n}`, router, "left");
  topology.veth(router, "right", server, `to${n}`);
  client.address(`to${n}`, `10.${n}.1.2/24`).route(`10.${n}.2.0/24 via 10.${n}.1.1`);
  router.address("left", `10.${n}.1.1/24`).address("right", `10.${n}.2.1/24`);
  server.address(`to${n}`, `10.${n}.2.2/24`).route(`10.${n}.1.0/24 via 10.${n}.2.1`);
  return router;
}

/** Two ports of a bridge between the client and the server, in one network. */
export function bridge({ topology, client, server }: Yard, n: number): Namespace {
  const middle = topology.namespace(`r${n}`);
  topology.veth(client, `to${n}`, middle, "p0");
  topology.veth(middle, "p1", server, `to${n}`);
  middle.bridge("br0", { ports: ["p0", "p1"] });
  client.address(`to${n}`, `10.${n}.1.2/24`);
  server.address(`to${n}`, `10.${n}.1.3/24`);
  return middle;
}

export const chainOf = (family: string, hook: string, rules: string, policy = "accept") =>
  `table ${family} fw {
    chain c { type filter hook ${hook} priority 0; policy ${policy};
      ${rules}
    }
  }`;

/** Builds, traces while the traffic runs, and takes it all down; keeps an archive where asked. */
export async function traced(
  name: string,
  build: (yard: Yard) => void,
  traffic: (yard: Yard) => Promise<unknown>,
  archive?: string,
): Promise<Flow[]> {
  const prefix = `lhnf${crypto.randomUUID().slice(0, 8)}`;
  const topology = new Topology({ name, prefix });
  const yard = {
    topology,
    client: topology.namespace("client"),
    server: topology.namespace("server"),
  };
  build(yard);
  try {
    await topology.apply();
    return (await trace(yard, traffic, archive)).flows;
  } finally {
    await topology.down();
  }
}

/** Traces every namespace as a node of its own; SIGINT ends it when the traffic has been sent. */
export async function trace(
  yard: Yard,
  traffic: (yard: Yard) => Promise<unknown>,
  archive: string | undefined,
): Promise<Report> {
  const nodes = yard.topology.namespaces.flatMap(({ role, name }) => ["--node", `${role}=${name}`]);
  const child = new Deno.Command(lasthop, {
    args: [
      ...["trace", "--json", "--no-listen", ...nodes],
      ...(archive === undefined ? ["--no-archive"] : ["--archive", archive]),
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Response(child.stdout).text();
  let said = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const wasReady = said.includes("ready:");
    said += text;
    if (wasReady || !said.includes("ready:")) continue;
    await traffic(yard);
    child.kill("SIGINT");
  }
  const { code } = await child.status;
  equal(code, 0, said);
  return JSON.parse(await output);
}

export const udp = (from: Namespace, to: string, port = 53) =>
  from.run(["bash", "-c", `echo > /dev/udp/${to}/${port}`]);
export const tcp = (from: Namespace, to: string, port: number) =>
  from.run(["timeout", "0.3", "bash", "-c", `echo > /dev/tcp/${to}/${port}`]);
export const ping = (from: Namespace, to: string, ...options: string[]) =>
  from.run(["ping", "-n", "-c", "1", "-W", "0.3", ...options, to]);

export type Expected = [
  what: string,
  RegExp,
  node: string,
  code: string,
  evidence: RegExp,
  remedy: RegExp,
];

export function check(
  flows: readonly Flow[],
  [, id, node, code, evidence, remedy]: Expected,
): void {
  const flow = flows.find((each) => id.test(each.id));
  ok(flow, `no flow ${id}, but ${flows.map((each) => each.id).join(" ")}`);
  deepEqual([flow.outcome, flow.lastHop.node, flow.lastHop.stage], ["dropped", node, "drop"]);
  equal(flow.cause?.code, code, JSON.stringify(flow.cause));
  match(flow.cause!.evidence.map(({ text }) => text).join("\n"), evidence);
  match(flow.cause!.remedy?.join("\n") ?? "", remedy);
}
