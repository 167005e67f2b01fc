/** `lasthop trace` over firewalls that refuse packets in every way they can, and some that do not. */
import { ok } from "node:assert/strict";
import { macOf } from "../../src/lab/address.ts";
import {
  bridge,
  chainOf,
  check,
  type Expected,
  firewall,
  ping,
  tcp,
  traced,
  udp,
  type Yard,
} from "./yard.ts";

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

function traffic({ topology, client }: Yard) {
  const third = topology.namespaces.find(({ role }) => role === "r3")!;
  return Promise.all([
    udp(client, "10.1.2.2"),
    ping(client, "10.1.2.2"),
    udp(client, "10.2.1.1", 9),
    ping(third, "10.3.2.2"),
    tcp(client, "10.4.2.2", 81),
    tcp(client, "10.5.2.2", 82),
    udp(client, "10.6.1.3"),
    udp(client, "10.7.2.2"),
    tcp(client, "10.1.2.2", 84),
    udp(client, "10.9.2.2"),
    ping(client, "10.99.0.2"),
  ]);
}

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
    /iptables -t filter -A INPUT -s [\d.]+ -d 10\.2\.1\.1 -p udp --dport 9 -j ACCEPT$/,
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
    /iptables -t filter -D FORWARD -p tcp -m tcp --dport 81 -j REJECT --reject-with [\w-]+$/,
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
    /iptables -t raw -D PREROUTING -p udp -m udp --dport 4789 -j DROP$/,
  ],
];

Deno.test({
  name: "[N2] [N4] [N5] [N6] every refusal is traced to its rule, and near misses to none",
  ignore: Deno.uid() !== 0,
  async fn(t) {
    const flows = await traced("trace", build, traffic);
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
  },
});
