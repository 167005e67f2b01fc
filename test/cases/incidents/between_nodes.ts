/** 32 and 33: what goes wrong with a tunnel's outer packets, its entries being right. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, ping } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { must, serve } from "../worlds/kube_proxy.ts";

const service = "10.96.8.8";

const badChecksum: AnyCase = reportedCase<Cluster>({
  name: "32-vxlan-bad-checksum",
  reported: {
    words: "from a node, a connection to a service takes a second (once it was 63); pods are fast",
    where: ["kubernetes#88986", "calico#3145", "k3s#2013", "flannel#1282"],
  },
  truth:
    "the mark for masquerading survives onto the outer packet, which is translated a second time " +
    "after its checksum was made: the receiver drops the first SYN, the retry passes",
  packages: ["ethtool"],
  lay(topology, broken) {
    const place = cluster(topology, { pods: { 1: [2], 2: [3] }, tunnelOptions: "udpcsum" });
    const endpoints = [[place.address(2, 3), 8_080]] as const;
    serve(place, [{ name: "d/w:http", address: service, port: 80, protocol: "tcp", endpoints }], {
      clearMark: !broken,
    });
    place.node(1).at.route(`default via ${place.node(2).underlay}`);
    return place;
  },
  async start(place) {
    keepUp(place, webServer(place.pod(2, 3), { port: 8_080 }));
    await must(place.node(1).at, ["ethtool", "-K", "eth0", "tx", "off"]);
  },
  traffic: (place) => curl(place.node(1).at, service, { port: 80, seconds: 4 }),
  happened: /curl: 200 12 bytes 1\./,
  well: /curl: 200 12 bytes 0\./,
  asks: () => [{ name: "by service", filter: `host ${service}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.node(1).underlay,
    server: service,
    port: 80,
    outcomes: ["slow"],
    codes: ["checksum-invalid"],
    tookMsMin: 950,
    says: { "where it died": fact("n2") },
  }],
});

const switchDrops: AnyCase = reportedCase<Cluster>({
  name: "33-lost-between-nodes-in-tunnel",
  reported: {
    words: "pods of one node reach no others, every entry of the overlay is right",
    where: ["questions on security groups and switches that filter a node's traffic"],
  },
  truth: "the switch between the nodes, which nobody watches, drops n1's IP packets; n2 has the " +
    "address that n1's entries say, and answers ARP",
  lay(topology, broken) {
    const place = cluster(topology, { pods: { 1: [2], 2: [2] } });
    if (broken) place.switch.nft(dropFrom("ip", place.node(1).underlay));
    return place;
  },
  traffic: (place) => ping(place.pod(1, 2), place.address(2, 2)),
  happened: /ping: 0 of 3/,
  well: /ping: 3 of 3/,
  asks: (place) => [{ name: "by server", filter: `icmp and host ${place.address(2, 2)}` }],
  musts: (place) => [{
    protocol: "icmp",
    client: place.address(1, 2),
    server: place.address(2, 2),
    outcomes: ["unanswered"],
    codes: ["lost-between-nodes"],
    says: { "between which nodes": fact("n1", "n2") },
  }],
  never: () => ({
    "that the entry is wrong": /^tunnel-endpoint-(unreachable|wrong)/,
    "a remedy that changes a right entry": /^\$ .*(annotate|fdb|neigh)/m,
  }),
});

const dropFrom = (family: string, address: string) =>
  "table bridge z { chain f { type filter hook forward priority 0; " +
  `${family} saddr ${address} drop; }; }`;

/** The other direction is lost, other names, IPv6 inside. */
const answersLost: AnyCase = reportedCase<Cluster>({
  name: "33-lost-between-nodes-in-tunnel.six",
  reported: {
    words: "requests reach the pod, its answers never come back, every entry is right",
    where: ["questions on security groups and switches that filter a node's traffic"],
  },
  truth: "the switch drops what n2 sends; its entries are right, and n1 answers ARP",
  lay(topology, broken) {
    const devices = { uplink: "ens192", bridge: "kube-bridge", tunnel: "vx0" };
    const place = cluster(topology, {
      family: 6,
      pods: { 1: [2], 2: [2] },
      devices,
      underlay: "10.1.1",
    });
    if (broken) place.switch.nft(dropFrom("ip", place.node(2).underlay));
    return place;
  },
  start(place) {
    keepUp(place, webServer(place.pod(2, 2), { port: 80, family: 6 }));
  },
  traffic: (place) => curl(place.pod(1, 2), place.address(2, 2), { port: 80 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: (place) => [{ name: "by server", filter: `tcp and host ${place.address(2, 2)}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: place.address(2, 2),
    port: 80,
    outcomes: ["unanswered"],
    codes: ["lost-between-nodes"],
    says: { "between which nodes": fact("n2", "n1") },
  }],
  never: () => ({
    "that the entry is wrong": /^tunnel-endpoint-(unreachable|wrong)/,
    "a remedy that changes a right entry": /^\$ .*(annotate|fdb|neigh)/m,
  }),
});

export const betweenNodes: AnyCase[] = [badChecksum, switchDrops, answersLost];
