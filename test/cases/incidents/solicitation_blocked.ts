/** 18: a node drops the questions for its own address. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Lan, lan } from "../worlds/lan.ts";

interface Blocked extends Lan {
  pod: Namespace;
  podAddress: string;
}

const stateful = (allowed: readonly string[]) => [
  ":INPUT DROP [0:0]",
  ":OUTPUT ACCEPT [0:0]",
  "-A INPUT -i lo -j ACCEPT",
  "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  ...allowed,
  "-A INPUT -p tcp -m multiport --dports 22,80,443,6443 -j ACCEPT",
];

const six: AnyCase = reportedCase<Blocked>({
  name: "18-ndp-blocked",
  reported: {
    words: "an IPv6 node can be reached for minutes and then can't: no route to host",
    where: ["serverfault and k3s questions on ip6tables INPUT DROP without ICMPv6"],
  },
  truth:
    "node-b's INPUT policy drops neighbour solicitations, so its own address is never resolved",
  lay(topology, broken) {
    const machines = { "node-a": 10, "node-b": 11 };
    const place = lan(topology, { family: 6, net: "fd10", machines, forwarding: ["node-a"] });
    const a = place.machine("node-a");
    const b = place.machine("node-b");
    const pod = topology.namespace("pod", { ipv6: true });
    topology.veth(pod, "eth0", a, "lxcp");
    a.address("lxcp", "fd20::1/64");
    pod.address("eth0", "fd20::9/64").route("::/0 via fd20::1");
    b.route(`fd20::/64 via ${place.address("node-a")}`);
    b.ip6tables("filter", ...stateful(broken ? [] : ["-A INPUT -p ipv6-icmp -j ACCEPT"]));
    const nodes = { ...place.nodes, "node-a": [a, pod] };
    return { ...place, nodes, pod, podAddress: "fd20::9" };
  },
  start(place) {
    keepUp(place, webServer(place.machine("node-b"), { port: 6_443, family: 6 }));
  },
  traffic: (place) => curl(place.pod, place.address("node-b"), { port: 6_443, seconds: 5 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: (place) => [
    { name: "by server", filter: `host ${place.address("node-b")} and tcp port 6443` },
  ],
  musts: (place) => [{
    protocol: "tcp",
    client: place.podAddress,
    server: place.address("node-b"),
    port: 6_443,
    outcomes: ["refused", "unanswered"],
    codes: ["neighbour-unresolved"],
    says: {
      "the node that has the address": fact("node-b"),
      "the policy that the question died of": /INPUT/,
      "that it is the policy": /policy/i,
    },
  }],
});

const four: AnyCase = reportedCase<Lan>({
  name: "18-ndp-blocked.arp",
  reported: {
    words: "after hardening, a host answers some machines and is dead for others",
    where: ["questions on arptables, on ebtables and on anti-spoofing rules of hosters"],
  },
  truth: "an nft rule of the family arp drops requests for the host's address on the host itself",
  lay(topology, broken) {
    const place = lan(topology, {
      net: "192.168.77",
      machines: { web: 20, desk: 31 },
      device: "ens3",
    });
    place.machine("web").nft(
      "table arp guard { chain in { type filter hook input priority 0; policy accept; " +
        `arp operation request arp saddr ip ${place.number(broken ? 31 : 99)} counter drop; }; }`,
    );
    return place;
  },
  start(place) {
    keepUp(place, webServer(place.machine("web"), { port: 80 }));
  },
  traffic: (place) => curl(place.machine("desk"), place.address("web"), { port: 80, seconds: 4 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: (place) => [{ name: "by server", filter: `host ${place.address("web")}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address("desk"),
    server: place.address("web"),
    port: 80,
    outcomes: ["refused", "unanswered"],
    codes: ["neighbour-unresolved"],
    says: {
      "the node that has the address": fact("web"),
      "the rule that the question died of": /guard|arp saddr/,
    },
  }],
});

export const solicitationBlocked: AnyCase[] = [six, four];
