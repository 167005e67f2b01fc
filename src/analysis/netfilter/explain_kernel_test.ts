/** `lasthop trace` over firewalls that refuse packets in every way they can, and some that do not. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Flow, Report } from "../../event/report.ts";
import { macOf } from "../../lab/address.ts";
import type { Namespace } from "../../lab/namespace.ts";
import { Topology } from "../../lab/topology.ts";

const lasthop = new URL("../../../lasthop", import.meta.url).pathname;

interface Yard {
  topology: Topology;
  client: Namespace;
  server: Namespace;
}

/** A firewall of its own for every case, between one client and one server: 10.N.1.0, 10.N.2.0. */
function firewall({ topology, client, server }: Yard, n: number): Namespace {
  const router = topology.namespace(`r${n}`, { forwarding: true });
  topology.veth(client, `to${n}`, router, "left");
  topology.veth(router, "right", server, `to${n}`);
  client.address(`to${n}`, `10.${n}.1.2/24`).route(`10.${n}.2.0/24 via 10.${n}.1.1`);
  router.address("left", `10.${n}.1.1/24`).address("right", `10.${n}.2.1/24`);
  server.address(`to${n}`, `10.${n}.2.2/24`).route(`10.${n}.1.0/24 via 10.${n}.2.1`);
  return router;
}

/** Two ports of a bridge between the client and the server, in one network. */
function bridge({ topology, client, server }: Yard, n: number): Namespace {
  const middle = topology.namespace(`r${n}`);
  topology.veth(client, `to${n}`, middle, "p0");
  topology.veth(middle, "p1", server, `to${n}`);
  middle.bridge("br0", { ports: ["p0", "p1"] });
  client.address(`to${n}`, `10.${n}.1.2/24`);
  server.address(`to${n}`, `10.${n}.1.3/24`);
  return middle;
}

const chainOf = (family: string, hook: string, rules: string, policy = "accept") =>
  `table ${family} fw {
    chain c { type filter hook ${hook} priority 0; policy ${policy};
      ${rules}
    }
  }`;

function build(yard: Yard): void {
  const { server } = yard;
  firewall(yard, 1).nft(
    chainOf("inet", "forward", "udp dport 5353 drop\n udp dport 53 counter drop"),
  );
  firewall(yard, 2).iptables("filter", ":INPUT DROP [0:0]", "-A INPUT -p icmp -j ACCEPT");
  firewall(yard, 3).nft(chainOf("inet", "output", "ip protocol icmp counter drop"));
  firewall(yard, 4).iptables("filter", "-A FORWARD -p tcp --dport 81 -j REJECT");
  firewall(yard, 5).nft(chainOf("inet", "forward", "tcp dport 82 reject with tcp reset"));
  bridge(yard, 6).nft(chainOf("bridge", "forward", "udp dport 53 counter drop"));
  firewall(yard, 7).nft(chainOf("netdev", "ingress device left", "udp dport 53 drop"));
  // The request goes through the first firewall, the answer through this one.
  firewall(yard, 8).route("10.1.1.0/24 via 10.8.1.2")
    .nft(chainOf("inet", "forward", "ct state invalid counter drop"));
  server.ip("rule add pref 5 from 10.1.2.2 ipproto tcp sport 84 table 8");
  server.ip("route add default via 10.8.2.1 table 8");
  // Near misses: another port, a log, an accept before the drop.
  firewall(yard, 9).nft(chainOf(
    "inet",
    "forward",
    'udp dport 5353 drop\n log prefix "seen "\n udp dport 53 accept\n udp dport 53 drop',
  ));
  tunnel(yard);
}

/** A vxlan between the client and the server whose outer packets the tenth firewall refuses. */
function tunnel(yard: Yard): void {
  const { client, server } = yard;
  firewall(yard, 10).iptables("raw", "-A PREROUTING -p udp --dport 4789 -j DROP");
  client.vxlan("vx", { id: 7, port: 4789, local: "10.10.1.2", remote: "10.10.2.2" });
  server.vxlan("vx", { id: 7, port: 4789, local: "10.10.2.2", remote: "10.10.1.2" });
  client.address("vx", "10.99.0.1/24").neighbour("vx", "10.99.0.2", macOf("server", "vx"));
  server.address("vx", "10.99.0.2/24").neighbour("vx", "10.99.0.1", macOf("client", "vx"));
}

async function traffic({ topology, client }: Yard): Promise<void> {
  const udp = (to: string, port = 53) =>
    client.run(["bash", "-c", `echo > /dev/udp/${to}/${port}`]);
  const tcp = (to: string, port: number) =>
    client.run(["timeout", "0.3", "bash", "-c", `echo > /dev/tcp/${to}/${port}`]);
  const ping = (from: Namespace, to: string) =>
    from.run(["ping", "-n", "-c", "1", "-W", "0.3", to]);
  const third = topology.namespaces.find(({ role }) => role === "r3")!;
  await Promise.all([
    udp("10.1.2.2"),
    ping(client, "10.1.2.2"),
    udp("10.2.1.1", 9),
    ping(third, "10.3.2.2"),
    tcp("10.4.2.2", 81),
    tcp("10.5.2.2", 82),
    udp("10.6.1.3"),
    udp("10.7.2.2"),
    tcp("10.1.2.2", 84),
    udp("10.9.2.2"),
    ping(client, "10.99.0.2"),
  ]);
}

/** Traces every namespace as a node of its own; SIGINT ends it when the traffic has been sent. */
async function trace(yard: Yard): Promise<Report> {
  const nodes = yard.topology.namespaces.flatMap(({ role, name }) => ["--node", `${role}=${name}`]);
  const child = new Deno.Command(lasthop, {
    args: ["trace", "--json", "--no-listen", ...nodes],
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

type Expected = [
  what: string,
  RegExp,
  node: string,
  code: string,
  evidence: RegExp,
  remedy: RegExp,
];

const EXPECTED: Expected[] = [
  [
    "forward",
    /^udp 10\.1\.1\.2:\d+>10\.1\.2\.2:53/,
    "r1",
    "netfilter-drop",
    /inet table fw chain c handle \d+: udp dport 53 counter drop/,
    /nft delete rule inet fw c handle \d+$/,
  ],
  [
    "input policy",
    /^udp .*>10\.2\.1\.1:9$/,
    "r2",
    "netfilter-drop",
    /ip table filter chain INPUT: .*policy drop/,
    /iptables -t filter -P INPUT ACCEPT$/,
  ],
  [
    "output",
    /^icmp 10\.3\.2\.1>10\.3\.2\.2/,
    "r3",
    "netfilter-drop",
    /chain c handle \d+: ip protocol icmp counter drop/,
    /nft delete rule inet fw c handle \d+$/,
  ],
  [
    "icmp reject",
    /^tcp 10\.4\.1\.2:\d+>10\.4\.2\.2:81/,
    "r4",
    "netfilter-reject",
    /chain FORWARD rule 1: -p tcp -m tcp --dport 81 -j REJECT/,
    /iptables -t filter -D FORWARD 1$/,
  ],
  [
    "tcp reset",
    /^tcp 10\.5\.1\.2:\d+>10\.5\.2\.2:82/,
    "r5",
    "netfilter-reject",
    /tcp dport 82 reject with tcp reset/,
    /nft delete rule inet fw c handle \d+$/,
  ],
  [
    "bridge",
    /^udp 10\.6\.1\.2:\d+>10\.6\.1\.3:53/,
    "r6",
    "netfilter-drop",
    /bridge table fw chain c handle \d+: udp dport 53 counter drop/,
    /nft delete rule bridge fw c handle \d+$/,
  ],
  [
    "ingress",
    /^udp 10\.7\.1\.2:\d+>10\.7\.2\.2:53/,
    "r7",
    "netfilter-drop",
    /netdev table fw chain c handle \d+: udp dport 53 drop/,
    /nft delete rule netdev fw c handle \d+$/,
  ],
  [
    "invalid",
    /^tcp 10\.1\.2\.2:84>10\.1\.1\.2/,
    "r8",
    "conntrack-invalid",
    /ct state invalid counter drop/,
    /nft delete rule inet fw c handle \d+$/,
  ],
  [
    "tunnel",
    /^icmp 10\.99\.0\.1>10\.99\.0\.2/,
    "r10",
    "tunnel-blocked",
    /ip table raw chain PREROUTING rule 1: -p udp -m udp --dport 4789 -j DROP/,
    /iptables -t raw -D PREROUTING 1$/,
  ],
];

function check(flows: readonly Flow[], [, id, node, code, evidence, remedy]: Expected): void {
  const flow = flows.find((each) => id.test(each.id));
  ok(flow, `no flow ${id}, but ${flows.map((each) => each.id).join(" ")}`);
  deepEqual([flow.outcome, flow.lastHop.node, flow.lastHop.stage], ["dropped", node, "drop"]);
  equal(flow.cause?.code, code, JSON.stringify(flow.cause));
  match(flow.cause!.evidence.map(({ text }) => text).join("\n"), evidence);
  match(flow.cause!.remedy?.join("\n") ?? "", remedy);
}

Deno.test({
  name: "[N2] [N4] [N5] [N6] every refusal is traced to its rule, and near misses to none",
  ignore: Deno.uid() !== 0,
  async fn(t) {
    const topology = new Topology({ name: "trace", prefix: "lhnf" });
    const client = topology.namespace("client");
    const server = topology.namespace("server");
    const yard = { topology, client, server };
    build(yard);
    try {
      await topology.apply();
      const { flows } = await trace(yard);
      for (const expected of EXPECTED) {
        await t.step(expected[0], () => check(flows, expected));
      }
      await t.step("near misses", () => {
        for (const id of [/^icmp 10\.1\.1\.2>10\.1\.2\.2/, /^udp .*>10\.9\.2\.2:53/]) {
          const flow = flows.find((each) => id.test(each.id));
          ok(flow, `no flow ${id}`);
          const code = flow.cause?.code ?? "none";
          ok(!/netfilter|conntrack|tunnel/.test(code), `${id}: ${flow.outcome} ${code}`);
        }
      });
    } finally {
      await topology.down();
    }
  },
});
