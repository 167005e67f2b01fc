/** 21b: only large packets are lost, on a way that nobody watches. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, ping } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";

const reported = {
  words: "ping and small answers pass between the nodes, large ones hang",
  where: ["flannel and calico questions on MTU in clouds", "blogs on MTU black holes"],
};

const NEVER = {
  "that the tunnel's end point is unreachable": /^tunnel-endpoint-unreachable/,
  "that nothing arrived": /nothing (of it )?(came|arrived)|no packet (came|arrived)/,
  "a remedy by an annotation that is right": /^\$ kubectl annotate/m,
};

const tunnelled: AnyCase = reportedCase<Cluster>({
  name: "21b-mtu-underlay-ping",
  reported,
  truth: "the switch between the nodes, which nobody watches, drops frames over 1,386 bytes: the " +
    "path's MTU is smaller than that of the nodes' devices",
  lay(topology, broken) {
    const place = cluster(topology, { pods: { 1: [2], 2: [2] } });
    if (broken) place.switch.nft(smaller(1_386));
    return place;
  },
  traffic: async (place) =>
    await ping(place.pod(1, 2), place.address(2, 2)) +
    await ping(place.pod(1, 2), place.address(2, 2), { size: 1_400 }),
  happened: /ping: 3 of 3 56.*\nping: 0 of 3 1400/,
  well: /ping: 3 of 3 56.*\nping: 3 of 3 1400/,
  asks: (place) => [{ name: "by server", filter: `icmp and host ${place.address(2, 2)}` }],
  musts: (place) => [
    {
      protocol: "icmp",
      client: place.address(1, 2),
      server: place.address(2, 2),
      outcomes: ["unanswered"],
      codes: ["path-mtu-exceeded"],
      alsoTrue: ["lost-between-nodes"],
      says: {
        "between which nodes": fact("n1", "n2"),
        // As IP packets, inside the tunnel or around it.
        "the smallest that was lost": /1[,.]?4[2-9]\d/,
      },
    },
    {
      protocol: "icmp",
      client: place.address(1, 2),
      server: place.address(2, 2),
      outcomes: ["answered"],
      codes: [],
    },
  ],
  never: () => NEVER,
});

const smaller = (bytes: number) =>
  "table bridge small { chain f { type filter hook forward priority 0; " +
  `meta length > ${bytes} counter drop; }; }`;

interface Narrow extends Place {
  client: Namespace;
  server: Namespace;
  addresses: { client: string; server: string };
}

/** Two routers without a probe, a narrow cable between them, and no ICMP that would say so. */
function narrow(name: string, family: 4 | 6): AnyCase {
  const six = family === 6;
  const addresses = six
    ? { client: "fd31:1::40", server: "fd31:3::50" }
    : { client: "10.31.1.40", server: "10.31.3.50" };
  const net = (n: number, host: number) => six ? `fd31:${n}::${host}` : `10.31.${n}.${host}`;
  const length = six ? 64 : 24;
  return reportedCase<Narrow>({
    name,
    reported: {
      words: "a site opens, but downloads from it hang; from elsewhere all is well",
      where: ["RFC 2923", "blog.cloudflare.com on path MTU discovery in practice"],
    },
    truth: "between two routers that nobody watches the MTU is 1,320 bytes, and the message that " +
      "would tell the server so is filtered",
    lay(topology, broken) {
      const options = { ipv6: six, forwarding: true };
      const client = topology.namespace("client", { ipv6: six });
      const first = topology.namespace("r1", options);
      const second = topology.namespace("r2", options);
      const server = topology.namespace("server", { ipv6: six });
      topology.veth(client, "eth0", first, "lan0");
      topology.veth(first, "wan0", second, "wan0", { mtu: broken ? 1_320 : 1_500 });
      topology.veth(second, "lan0", server, "eth0");
      client.address("eth0", `${net(1, 40)}/${length}`);
      first.address("lan0", `${net(1, 1)}/${length}`).address("wan0", `${net(2, 1)}/${length}`);
      second.address("wan0", `${net(2, 2)}/${length}`).address("lan0", `${net(3, 1)}/${length}`);
      server.address("eth0", `${net(3, 50)}/${length}`);
      const other = six ? "::/0" : "default";
      client.route(`${other} via ${net(1, 1)}`);
      server.route(`${other} via ${net(3, 1)}`);
      first.route(`${other} via ${net(2, 2)}`);
      second.route(`${other} via ${net(2, 1)}`);
      const type = six ? "icmpv6 type packet-too-big" : "icmp type destination-unreachable";
      second.nft(
        `table inet quiet { chain o { type filter hook output priority 0; ${type} drop; }; }`,
      );
      return { nodes: { client: [client], server: [server] }, client, server, addresses };
    },
    start(place) {
      keepUp(place, webServer(place.server, { port: 80, octets: 60_000, family }));
    },
    traffic: async (place) =>
      await ping(place.client, addresses.server, { count: 2 }) +
      await curl(place.client, addresses.server, { port: 80, seconds: 4 }),
    happened: /ping: 2 of 2.*\ncurl: (200|000) \d+ bytes.*timed out/,
    well: /ping: 2 of 2.*\ncurl: 200 60000/,
    asks:
      () => [{ name: "by both", filter: `host ${addresses.client} and host ${addresses.server}` }],
    musts: () => [{
      protocol: "tcp",
      client: addresses.client,
      server: addresses.server,
      port: 80,
      outcomes: ["broken", "unanswered"],
      codes: ["path-mtu-exceeded"],
      alsoTrue: ["lost-between-nodes"],
      says: {
        "between which nodes": fact("client", "server"),
        "the smallest that was lost": /1[,.]?500/,
      },
    }],
    never: () => NEVER,
  });
}

export const pathMtu: AnyCase[] = [
  tunnelled,
  narrow("21b-mtu-underlay-ping.tcp", 4),
  narrow("21b-mtu-underlay-ping.tcp-six", 6),
];
