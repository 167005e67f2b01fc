/** `lasthop trace` over refusals at every hook of bridges, devices, NAT and tunnels' ends. */
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

const NFT = /nft delete rule \w+ fw c handle \d+$/;

function build(yard: Yard): void {
  const { client, server } = yard;
  // Over a bridge whose frames iptables sees, with a rule about its ports.
  bridge(yard, 11).sysctl({ "net.bridge.bridge-nf-call-iptables": 1 }).iptables(
    "filter",
    ":FORWARD ACCEPT [0:0]",
    "-A FORWARD -i br0 -p udp --dport 99 -j DROP",
    "-A FORWARD -m physdev --physdev-in p1 -j DROP",
    "-A FORWARD -m physdev --physdev-in p0 --physdev-out p1 -p udp -j DROP",
  );
  bridge(yard, 12).nft(chainOf("bridge", "prerouting", "udp dport 53 drop"));
  bridge(yard, 13).nft(chainOf("bridge", "postrouting", 'oifname "p1" udp dport 53 drop'));
  // Up to the bridge's own address.
  bridge(yard, 14).address("br0", "10.14.1.9/24")
    .nft(chainOf("bridge", "input", "udp dport 53 drop"));
  // From the bridge's own address.
  bridge(yard, 15).address("br0", "10.15.1.9/24")
    .nft(chainOf("bridge", "output", "udp dport 53 drop"));
  firewall(yard, 16).nft(chainOf("netdev", "egress device right", "udp dport 53 drop"));
  firewall(yard, 17).nft(chainOf("inet", "postrouting", 'oifname "right" udp dport 53 drop'));
  // A service address, translated, and refused as what it became.
  firewall(yard, 18).nft(`table ip fw {
    chain n { type nat hook prerouting priority -100;
      ip daddr 10.18.9.9 udp dport 53 dnat to 10.18.2.2:5353
    }
    chain early { type filter hook prerouting priority -150; udp dport 5353 drop; }
    chain c { type filter hook forward priority 0;
      udp dport 53 drop
      ip daddr 10.18.2.2 udp dport 5353 drop
    }
  }`);
  client.route("10.18.9.9/32 via 10.18.1.1");
  // The same, refused before it was translated.
  firewall(yard, 19).nft(`table ip fw {
    chain c { type filter hook prerouting priority -150; ip daddr 10.19.9.9 drop; }
    chain n { type nat hook prerouting priority -100; ip daddr 10.19.9.9 dnat to 10.19.2.2; }
    chain late { type filter hook forward priority 0; udp dport 53 drop; }
  }`);
  client.route("10.19.9.9/32 via 10.19.1.1");
  // Answers refused on their way back.
  firewall(yard, 20).iptables(
    "filter",
    ":FORWARD DROP [0:0]",
    "-A FORWARD -i left -j ACCEPT",
    "-A FORWARD -i right -m conntrack --ctstate NEW -j ACCEPT",
  );
  // The receiving end of a tunnel.
  const end = firewall(yard, 21);
  client.vxlan("vy", { id: 8, port: 8472, local: "10.21.1.2", remote: "10.21.1.1" });
  end.vxlan("vy", { id: 8, port: 8472, local: "10.21.1.1", remote: "10.21.1.2" });
  client.address("vy", "10.98.0.1/24").neighbour("vy", "10.98.0.2", macOf("r21", "vy"));
  end.address("vy", "10.98.0.2/24");
  end.nft(chainOf("inet", "input", "udp dport 4789 drop\n udp dport 8472 counter drop"));
  // Services that have no endpoints, as kube-proxy says it.
  firewall(yard, 22).route("10.22.9.0/24 via 10.22.2.2").iptables(
    "filter",
    ":KUBE-SERVICES - [0:0]",
    "-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES",
    '-A KUBE-SERVICES -d 10.22.9.9/32 -p tcp -m comment --comment "default/web:http has no ' +
      'endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
  );
  client.route("10.22.9.9/32 via 10.22.1.1");
  server.nft(chainOf("inet", "input", 'iifname "to23" udp dport 53 drop', "accept"));
  firewall(yard, 23);
  // A mark set by one chain, obeyed by another.
  firewall(yard, 24).iptables("mangle", "-A PREROUTING -p udp --dport 53 -j MARK --set-mark 0x8000")
    .iptables("filter", "-A FORWARD -m mark --mark 0x8000/0x8000 -j DROP");
}

function traffic({ topology, client }: Yard) {
  const node = (role: string) => topology.namespaces.find((each) => each.role === role)!;
  return Promise.all([
    ...["10.11.1.3", "10.12.1.3", "10.13.1.3", "10.14.1.9", "10.16.2.2", "10.17.2.2"]
      .map((to) => udp(client, to)),
    udp(node("r15"), "10.15.1.3"),
    ...["10.18.9.9", "10.19.9.9", "10.23.2.2", "10.24.2.2"].map((to) => udp(client, to)),
    ping(client, "10.20.2.2"),
    ping(client, "10.98.0.2"),
    tcp(client, "10.22.9.9", 80),
  ]);
}

const drop = (n: number, id: RegExp, evidence: RegExp, remedy = NFT): Expected => [
  `place ${n}`,
  id,
  `r${n}`,
  "netfilter-drop",
  evidence,
  remedy,
];

const EXPECTED: Expected[] = [
  drop(
    11,
    />10\.11\.1\.3:53/,
    /FORWARD rule 3: .*--physdev-in p0/,
    /iptables -t filter -D FORWARD .*--physdev-in p0 .*-p udp.* -j DROP$|-D FORWARD -p udp .*--physdev-in p0 .*-j DROP$/,
  ),
  drop(12, />10\.12\.1\.3:53/, /bridge table fw chain c handle \d+: udp dport 53 drop/),
  drop(
    13,
    />10\.13\.1\.3:53/,
    /bridge table fw chain c handle \d+: oifname "p1" udp dport 53 drop/,
  ),
  drop(14, />10\.14\.1\.9:53/, /bridge table fw chain c handle \d+: udp dport 53 drop/),
  drop(15, />10\.15\.1\.3:53/, /bridge table fw chain c handle \d+: udp dport 53 drop/),
  drop(16, />10\.16\.2\.2:53/, /netdev table fw chain c handle \d+: udp dport 53 drop/),
  drop(
    17,
    />10\.17\.2\.2:53/,
    /inet table fw chain c handle \d+: oifname "right" udp dport 53 drop/,
  ),
  drop(18, />10\.18\.9\.9:53/, /chain c handle \d+: ip daddr 10.18.2.2 udp dport 5353 drop/),
  drop(19, />10\.19\.9\.9:53/, /chain c handle \d+: ip daddr 10.19.9.9 drop/),
  drop(
    20,
    /^icmp 10\.20\.2\.2>10\.20\.1\.2/,
    /chain FORWARD: .*policy drop/,
    /iptables -t filter -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT$/,
  ),
  [
    "tunnel's end",
    /^icmp 10\.98\.0\.1>10\.98\.0\.2/,
    "r21",
    "tunnel-blocked",
    /inet table fw chain c handle \d+: udp dport 8472 counter drop/,
    NFT,
  ],
  [
    "service",
    />10\.22\.9\.9:80/,
    "r22",
    "service-without-endpoint",
    /KUBE-SERVICES rule 1: .*has no endpoints/,
    /kubectl -n default get endpointslices -l kubernetes.io\/service-name=web$/,
  ],
  ["server", />10\.23\.2\.2:53/, "server", "netfilter-drop", /iifname "to23" udp dport 53/, NFT],
  drop(
    24,
    />10\.24\.2\.2:53/,
    /FORWARD rule 1: -m mark --mark 0x8000\/0x8000 -j DROP/,
    /iptables -t filter -D FORWARD -m mark --mark 0x8000\/0x8000 -j DROP$/,
  ),
];

Deno.test({
  name: "[N2] [N3] [N6] a refusal is found at whichever hook it happened",
  ignore: Deno.uid() !== 0,
  async fn(t) {
    const flows = await traced("places", build, traffic);
    ok(flows.length > 0);
    for (const expected of EXPECTED) {
      await t.step(expected[0], () => check(flows, expected));
    }
  },
});
