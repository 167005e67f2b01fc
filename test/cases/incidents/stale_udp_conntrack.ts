/** 04: an entry of conntrack from before still sends to a server that is gone. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { udp } from "../traffic/programs.ts";
import { udpServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import {
  flannelRules,
  kubeProxyRules,
  must,
  restoreNow,
  serve,
  type Service,
} from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

const reported = {
  words: "after a rollout a UDP client with a fixed source port gets no answer, others do",
  where: ["kubernetes#106274", "kubernetes#59033", "kubernetes#66651", "kubernetes#125467"],
};

const truth =
  "the rules are right and send to the new server; a conntrack entry from before, which " +
  "the client's own packets keep alive, still sends to the old one";

/** On a busy machine a trace may need longer to begin than an entry of UDP lasts, 30 s. */
const LASTING = { "net.netfilter.nf_conntrack_udp_timeout": 300 };

const COUNT = 8;
const WELL = /udp: 8 of 8/;
const NEVER = {
  "that the service has no endpoint": /^service-without-endpoint/,
  "that nobody listens at the service": /nothing listens on udp port \d+ at (10\.96|198\.18)/,
};

function inCluster(
  name: string,
  family: 4 | 6,
  net: { service: string; podNet?: string },
): AnyCase {
  const port = 8125;
  const { service, podNet } = net;
  const from = (place: Cluster, pod: number): Service => ({
    name: "mon/statsd:udp",
    address: service,
    port,
    protocol: "udp",
    endpoints: [[place.address(2, pod), port]],
  });
  return reportedCase<Cluster>({
    name,
    reported,
    truth,
    packages: ["conntrack"],
    lay(topology) {
      const place = cluster(topology, { family, podNet, pods: { 1: [2], 2: [3, 6] } });
      serve(place, [from(place, 3)]);
      place.node(1).at.sysctl(LASTING);
      return place;
    },
    async start(place, broken) {
      keepUp(place, udpServer(place.pod(2, 3), { port, family }));
      keepUp(place, udpServer(place.pod(2, 6), { port, family }));
      await udp(place.pod(1, 2), service, port, { count: 2, sourcePort: 48_931 });
      await must(place.pod(2, 3), ["ip", "link", "del", "eth0"]);
      const { at, cidr } = place.node(1);
      const { podCidr } = place;
      const rules = [flannelRules(podCidr, cidr), kubeProxyRules([from(place, 6)], { podCidr })];
      await restoreNow(at, rules, family === 6 ? "ip6tables" : "iptables");
      if (!broken) await must(at, ["conntrack", "-D", "-f", `ipv${family}`, "-p", "udp"]);
    },
    traffic: (place) => udp(place.pod(1, 2), service, port, { count: COUNT, sourcePort: 48_931 }),
    happened: /udp: 0 of 8/,
    well: WELL,
    asks: (place) => [
      { name: "by service", filter: `udp port ${port} and host ${service}` },
      { name: "by client", filter: `host ${place.address(1, 2)} and udp` },
    ],
    musts: (place) => [{
      protocol: "udp",
      client: place.address(1, 2),
      server: service,
      port,
      outcomes: ["unanswered", "refused"],
      codes: ["stale-conntrack-entry"],
      alsoTrue: ["neighbour-unresolved", "no-route"],
      says: {
        "where the rules send to": fact(place.address(2, 6)),
        "where the packets went": fact(place.address(2, 3)),
      },
      heals: true,
    }],
    never: () => NEVER,
  });
}

/** A router that translates with nft; the old server lives on, and nobody listens there any more. */
function behindRouter(name: string, family: 4 | 6): AnyCase {
  const vip = family === 6 ? "2001:db8:53::53" : "198.18.53.53";
  const table = family === 6 ? "ip6" : "ip";
  const to = (place: Row, host: number) => place.address(2, host);
  const rules = (server: string) =>
    `table ${table} lb { chain pre { type nat hook prerouting priority dstnat; ` +
    `${table} daddr ${vip} udp dport 514 dnat to ${server}; }; }`;
  return reportedCase<Row>({
    name,
    reported,
    truth,
    packages: ["conntrack"],
    lay(topology) {
      const place = row(topology, {
        family,
        nets: ["198.51.100", "203.0.113"],
        hosts: [[9], [20, 21]],
      });
      place.router.nft(rules(to(place, 20))).sysctl(LASTING);
      return place;
    },
    async start(place, broken) {
      const old = udpServer(place.host(2, 20), { port: 514, family });
      keepUp(place, udpServer(place.host(2, 21), { port: 514, family }));
      await udp(place.host(1, 9), vip, 514, { count: 2, sourcePort: 514 });
      old.close();
      await must(place.router, ["nft", "flush", "ruleset"]);
      await must(place.router, ["nft", "-f", "-"], rules(to(place, 21)));
      if (!broken) await must(place.router, ["conntrack", "-D", "-f", `ipv${family}`, "-p", "udp"]);
    },
    traffic: (place) => udp(place.host(1, 9), vip, 514, { count: COUNT, sourcePort: 514 }),
    happened: /udp: 0 of 8/,
    well: WELL,
    asks: (place) => [
      { name: "by service", filter: `udp port 514 and host ${vip}` },
      { name: "by client", filter: `host ${place.address(1, 9)}` },
    ],
    musts: (place) => [{
      protocol: "udp",
      client: place.address(1, 9),
      server: vip,
      port: 514,
      outcomes: ["refused"],
      codes: ["stale-conntrack-entry"],
      // At the old server nobody listens any more.
      alsoTrue: ["no-listener"],
      says: {
        "where the rules send to": fact(to(place, 21)),
        "where the packets went": fact(to(place, 20)),
      },
      heals: true,
    }],
    never: () => NEVER,
  });
}

export const staleUdpConntrack: AnyCase[] = [
  inCluster("04-stale-udp-conntrack", 4, { service: "10.96.8.125" }),
  inCluster("04-stale-udp-conntrack.six", 6, { service: "fd42:aa::125", podNet: "fd77:3" }),
  behindRouter("04-stale-udp-conntrack.router", 4),
];
