/** 31: rp_filter refuses by a routing rule that the main table does not show. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { macOf } from "../../../src/lab/address.ts";
import { type AnyCase, type Must, type Place, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { ping } from "../traffic/programs.ts";

interface Middle extends Place {
  router: Namespace;
  client: Namespace;
  clientAddress: string;
  server: string;
}

/** A router with two networks; `lay` adds the rules. */
function middle(
  name: string,
  truth: string,
  says: Record<string, RegExp>,
  nets: readonly [string, string],
  lay: (router: Namespace, broken: boolean, client: Namespace) => void,
  more: Partial<Must>,
): AnyCase {
  const [near, far] = nets;
  const server = `${far}.9`;
  return reportedCase<Middle>({
    name,
    reported: {
      words: "with source routing for a second uplink, one direction is dropped without a trace",
      where: ["questions on rp_filter with ip rule", "kernel documentation, ip-sysctl, rp_filter"],
    },
    truth,
    lay(topology, broken) {
      const router = topology.namespace("r", { forwarding: true });
      const client = topology.namespace("a");
      const other = topology.namespace("b");
      topology.veth(router, "eth0", client, "eth0");
      topology.veth(router, "eth1", other, "eth0");
      router.address("eth0", `${near}.1/24`).address("eth1", `${far}.1/24`);
      client.address("eth0", `${near}.9/24`).route(`default via ${near}.1`);
      other.address("eth0", `${server}/24`).route(`default via ${far}.1`);
      lay(router, broken, client);
      router.sysctl({ "net.ipv4.conf.all.rp_filter": 1 });
      const nodes = { r: [router], a: [client], b: [other] };
      return { nodes, router, client, clientAddress: `${near}.9`, server };
    },
    traffic: (place) => ping(place.client, server, { count: 2 }),
    happened: /ping: 0 of 2/,
    well: /ping: 2 of 2/,
    asks: () => [{ name: "by server", filter: `icmp and host ${server}` }],
    musts: (place) => [{
      protocol: "icmp",
      client: place.clientAddress,
      server,
      outcomes: ["unanswered"],
      codes: ["reverse-path-filter"],
      says,
      ...more,
    }],
    never: () => ({
      "a way back that is the way in": /not through eth0 \(\S+ dev eth0/,
    }),
  });
}

export const reversePath: AnyCase[] = [
  middle(
    "31-rp-filter-src-routing",
    "the way back is looked up with the packet's destination as source, so the rule `from 10.0.2.9` " +
      "sends it to table 2, out of eth1; strict rp_filter drops what came in by eth0",
    {
      "the rule": /from 10\.0\.2\.9/,
      "its table": /\b(lookup|table) 2\b/,
      "its device": fact("eth1"),
    },
    ["10.0.1", "10.0.2"],
    (router, broken) =>
      void router.route(`default via 10.0.2.9 dev eth1 table 2`)
        .ip(`rule add pref 1000 from 10.0.2.${broken ? 9 : 8} lookup 2`),
    // The rule catches the answer on its way as well, so no setting of rp_filter heals it.
    {},
  ),
  middle(
    "31-rp-filter-src-routing.mark",
    "the client's network is known only to a table for marked packets, and the way back is looked " +
      "up without the mark, because src_valid_mark is 0: by the main table it is eth1",
    { "why the mark does not count": /src_valid_mark/, "the way back": fact("eth1") },
    ["172.19.4", "172.19.9"],
    (router, broken, client) => {
      router.ip("route del 172.19.4.0/24 dev eth0")
        .route("172.19.4.0/24 dev eth0 table 77", "default via 172.19.9.254 dev eth1")
        .ip("rule add pref 500 fwmark 0x7 lookup 77")
        .nft("table ip m { chain c { type filter hook prerouting priority mangle; mark set 7; }; }")
        .sysctl({ "net.ipv4.conf.eth0.src_valid_mark": broken ? 0 : 1 });
      // Its question for the router would be refused for the same reason.
      client.neighbour("eth0", "172.19.4.1", macOf(router.role, "eth0"));
    },
    { heals: true },
  ),
  middle(
    "31-rp-filter-src-routing.arp",
    "a rule sends what goes to the client's network another way, so already the question for the " +
      "router's MAC is refused by rp_filter: the router has the address and got the question",
    {
      "that the question reached the node with the address": fact("r"),
      "what refused it": /rp_filter/,
    },
    ["10.88.1", "10.88.2"],
    (router, broken) =>
      void router.route("default via 10.88.2.254 dev eth1 table 8")
        .ip(`rule add pref 90 to ${broken ? "10.88.1.0" : "10.88.3.0"}/24 iif lo lookup 8`),
    { codes: ["neighbour-unresolved", "reverse-path-filter"], outcomes: ["unanswered", "refused"] },
  ),
];
