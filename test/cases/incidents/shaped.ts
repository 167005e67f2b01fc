/** 29: nothing is lost for good, a queue makes it slow. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { must } from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

const NEVER = {
  "that packets vanished": /^(vanished|lost-between-nodes)/,
  "that the tunnel's end point is unreachable": /^tunnel-endpoint-unreachable/,
};

const tc = (at: Namespace, words: string) => must(at, ["tc", ...words.split(" ")]);

const bandwidth: AnyCase = reportedCase<Cluster>({
  name: "29-bandwidth-plugin-slow",
  reported: {
    words: "one pod's network is very slow, all others are fast",
    where: ["kubernetes questions on kubernetes.io/egress-bandwidth", "CNI bandwidth plugin"],
  },
  truth:
    "the CNI's bandwidth plugin shapes the pod: tbf on its veth, and on an ifb for the other way",
  lay: (topology) => cluster(topology, { pods: { 1: [2], 2: [3] } }),
  async start(place, broken) {
    keepUp(place, webServer(place.pod(2, 3), { port: 8_080, octets: 400_000 }));
    if (!broken) return;
    const { at } = place.node(2);
    await tc(at, "qdisc add dev veth23 root tbf rate 2mbit burst 32k latency 25ms");
    await must(at, ["ip", "link", "add", "bwp23", "type", "ifb"]);
    await must(at, ["ip", "link", "set", "bwp23", "up"]);
    await tc(at, "qdisc add dev veth23 ingress");
    await tc(
      at,
      "filter add dev veth23 parent ffff: protocol all u32 match u32 0 0 " +
        "action mirred egress redirect dev bwp23",
    );
    await tc(at, "qdisc add dev bwp23 root tbf rate 1mbit burst 32k latency 25ms");
  },
  traffic: (place) => curl(place.pod(1, 2), place.address(2, 3), { port: 8_080, seconds: 9 }),
  happened: /curl: 200 400000 bytes [3-9]\.|timed out/,
  well: /curl: 200 400000 bytes 0\./,
  asks: (place) => [
    { name: "by server", filter: `host ${place.address(2, 3)} and tcp port 8080` },
  ],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: place.address(2, 3),
    port: 8_080,
    outcomes: ["slow"],
    codes: ["shaped"],
    alsoTrue: ["queue-overflow"],
    says: {
      "the qdisc": /tbf/,
      "its device": fact("bwp23"),
      "its rate": /1 ?M(bit|b)|1,?000,?000|125,?000/i,
    },
  }],
  never: () => NEVER,
});

/** A queue without loss, on a router's device, in IPv6. */
const queued: AnyCase = reportedCase<Row>({
  name: "29-bandwidth-plugin-slow.queue",
  reported: {
    words: "downloads by one router take seconds since the shaper came, nothing is lost",
    where: ["questions on bufferbloat and on tc left behind by a test"],
  },
  truth:
    "a tbf of 200 kbit/s with a long queue on the router's device: packets wait, none is dropped",
  lay: (topology) =>
    row(topology, { family: 6, nets: ["fd41:1", "fd41:2"], hosts: [[2], [3]], oneNode: true }),
  async start(place, broken) {
    keepUp(place, webServer(place.host(2, 3), { port: 80, octets: 60_000, family: 6 }));
    const words = "qdisc add dev lan1h2 root tbf rate 200kbit burst 5kb limit 500kb";
    if (broken) await tc(place.router, words);
  },
  traffic: (place) => curl(place.host(1, 2), place.address(2, 3), { port: 80, seconds: 6 }),
  happened: /curl: 200 60000 bytes 2\./,
  well: /curl: 200 60000 bytes 0\.0/,
  asks: (place) => [{ name: "by server", filter: `tcp and host ${place.address(2, 3)}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: place.address(2, 3),
    port: 80,
    outcomes: ["slow"],
    codes: ["shaped"],
    says: {
      "the qdisc": /tbf/,
      "its device": fact("lan1h2"),
      "its rate": /200 ?k|200,?000|25,?000/i,
    },
  }],
  never: () => NEVER,
});

export const shaped: AnyCase[] = [bandwidth, queued];
