/** Addresses of 127.0.0.0/8 that are to go through a device, which the kernel refuses by default. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { type Row, row } from "../worlds/row.ts";

const where = ["kubernetes#66607 and others on route_localnet", "questions on DNAT to 127.0.0.1"];

const inbound = (name: string, net: string, oneNode: boolean): AnyCase =>
  reportedCase<Row>({
    name,
    reported: { words: "a port forward to 127.0.0.1 of the router times out", where },
    truth:
      "the rule sends what comes from outside to 127.0.0.1, and route_localnet is 0 on the device",
    lay(topology, broken) {
      const place = row(topology, { nets: [net, "10.200.1"], hosts: [[30], [31]], oneNode });
      place.router.iptables(
        "nat",
        `-A PREROUTING -p tcp -m tcp -d ${place.gateway(1)} --dport 8080 -j DNAT ` +
          "--to-destination 127.0.0.1:80",
      );
      if (!broken) place.router.sysctl({ "net.ipv4.conf.lan1h30.route_localnet": 1 });
      return place;
    },
    start(place) {
      keepUp(place, webServer(place.router, { address: "127.0.0.1", port: 80 }));
    },
    traffic: (place) => curl(place.host(1, 30), place.gateway(1), { port: 8_080, seconds: 2.5 }),
    happened: /curl: 000/,
    well: /curl: 200/,
    asks: () => [{ name: "by port", filter: "tcp port 8080" }],
    musts: (place) => [{
      protocol: "tcp",
      client: place.address(1, 30),
      server: place.gateway(1),
      port: 8_080,
      outcomes: ["unanswered"],
      codes: ["route-localnet-disabled"],
      alsoTrue: ["martian-address"],
      says: { "the setting": /route_localnet/, "where it was sent": fact("127.0.0.1") },
      heals: true,
    }],
  });

const nodePort: AnyCase = reportedCase<Cluster>({
  name: "41-route-localnet-disabled.node-port",
  reported: { words: "a node port answers at the node's address, and not at 127.0.0.1", where },
  truth:
    "the packet from 127.0.0.1 is translated to the pod's address and would leave by the bridge " +
    "with a source of 127.0.0.0/8, which needs route_localnet there",
  lay(topology, broken) {
    const place = cluster(topology, { pods: { 1: [7] } });
    const { at } = place.node(1);
    at.iptables(
      "nat",
      `-A OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 30080 -j DNAT ` +
        `--to-destination ${place.address(1, 7)}:8080`,
      "-A POSTROUTING -s 127.0.0.0/8 -o cni0 -j MASQUERADE",
    );
    if (broken) at.sysctl({ "net.ipv4.conf.all.route_localnet": 0 });
    return place;
  },
  start(place) {
    keepUp(place, webServer(place.pod(1, 7), { port: 8_080 }));
  },
  traffic: (place) => curl(place.node(1).at, "127.0.0.1", { port: 30_080, seconds: 2.5 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: () => [{ name: "by port", filter: "tcp port 30080" }],
  musts: () => [{
    protocol: "tcp",
    client: "127.0.0.1",
    server: "127.0.0.1",
    port: 30_080,
    outcomes: ["unanswered"],
    codes: ["route-localnet-disabled"],
    alsoTrue: ["no-route", "martian-address", "netfilter-drop"],
    says: { "the setting": /route_localnet/ },
    heals: true,
  }],
});

export const routeLocalnet: AnyCase[] = [
  inbound("41-route-localnet-disabled", "192.0.2", true),
  nodePort,
];
