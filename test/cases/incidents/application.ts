/** The network is well, the program is not: it resets, or it says nothing. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { keepUp } from "../bench/run.ts";
import { curl, udp } from "../traffic/programs.ts";
import { udpHung, udpServer, udpSink, webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { serve } from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

const NEVER = {
  "that the network lost it": /^(lost-between-nodes|unexplained)/,
  "that nobody listens": /^no-listener/,
};

/** A web server of a row that does so, or answers. */
function inRow(
  name: string,
  does: "reset" | "silent",
  { family, nets, port, oneNode }: {
    family: 4 | 6;
    nets: readonly [string, string];
    port: number;
    oneNode: boolean;
  },
): AnyCase {
  const reset = does === "reset";
  return reportedCase<Row>({
    name,
    reported: {
      words: reset ? "connection reset by peer, right after the request" : "the request hangs",
      where: ["questions that blame the network for a program"],
    },
    truth: reset
      ? "the program closed the connection with the request unread, which resets it"
      : "the request was delivered to the program, which never answers",
    lay: (topology) => row(topology, { family, nets, hosts: [[7], [8]], oneNode }),
    start(place, broken) {
      const at = place.host(2, 8);
      keepUp(place, webServer(at, { port, family, does: broken ? does : "answer" }));
    },
    traffic: (place) => curl(place.host(1, 7), place.address(2, 8), { port, seconds: 2 }),
    // Silence takes time to be one.
    holdMs: reset ? 0 : 2_000,
    happened: reset ? /curl: 000.*reset by peer/i : /curl: 000.*timed out/,
    well: /curl: 200/,
    asks: (place) => [{ name: "by server", filter: `tcp and host ${place.address(2, 8)}` }],
    musts: (place) => [{
      protocol: "tcp",
      client: place.address(1, 7),
      server: place.address(2, 8),
      port,
      outcomes: reset ? ["broken", "refused"] : ["unanswered", "broken"],
      codes: [reset ? "application-reset" : "application-silent"],
      says: { who: /\bh2-8\b/ },
    }],
    never: () => NEVER,
  });
}

const service = "10.96.48.1";

const resetBehindService: AnyCase = reportedCase<Cluster>({
  name: "48-application-reset.service",
  reported: {
    words: "connection reset by peer through the service, the pod's log is empty",
    where: ["questions that blame kube-proxy for a program"],
  },
  truth: "the endpoint's program closed the connection with the request unread, which resets it",
  lay(topology) {
    const place = cluster(topology, { pods: { 1: [2], 2: [3] } });
    const endpoints = [[place.address(2, 3), 9_000]] as const;
    serve(place, [{ name: "d/a:http", address: service, port: 80, protocol: "tcp", endpoints }]);
    return place;
  },
  start(place, broken) {
    keepUp(place, webServer(place.pod(2, 3), { port: 9_000, does: broken ? "reset" : "answer" }));
  },
  traffic: (place) => curl(place.pod(1, 2), service, { port: 80, seconds: 2 }),
  happened: /curl: 000.*reset by peer/i,
  well: /curl: 200/,
  asks: () => [{ name: "by service", filter: `host ${service}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: service,
    port: 80,
    outcomes: ["broken", "refused"],
    codes: ["application-reset"],
    says: { who: /\bn2p3\b/ },
  }],
  never: () => NEVER,
});

/** Over UDP only unread bytes tell a program that hangs from one that has nothing to say. */
function silentUdp(name: string, hangs: boolean): AnyCase {
  return reportedCase<Row>({
    name,
    reported: { words: "syslog over UDP with acknowledgements: none comes", where: ["questions"] },
    truth: hangs
      ? "the datagrams were delivered to the socket of a program that hangs: it reads none of them"
      : "the datagrams were delivered to a program, which takes them and answers none; whether it " +
        "should answer the network can't know, so that it is not blamed",
    lay: (topology) =>
      row(topology, { family: 6, nets: ["fd49:1", "fd49:2"], hosts: [[7], [8]], unprobed: true }),
    start(place, broken) {
      const where = { port: 6_514, family: 6 } as const;
      const server = broken ? hangs ? udpHung : udpSink : udpServer;
      keepUp(place, server(place.host(2, 8), where));
    },
    traffic: (place) => udp(place.host(1, 7), place.address(2, 8), 6_514, { count: 2 }),
    holdMs: 2_000,
    happened: /udp: 0 of 2/,
    well: /udp: 2 of 2/,
    asks: (place) => [{ name: "by server", filter: `udp and host ${place.address(2, 8)}` }],
    musts: (place) => [{
      protocol: "udp",
      client: place.address(1, 7),
      server: place.address(2, 8),
      port: 6_514,
      outcomes: ["unanswered"],
      codes: hangs ? ["application-silent"] : [],
      ...(hangs ? { says: { who: /\bh2-8\b/, "what waits there": /\d+ bytes wait/ } } : {}),
    }],
    never: () => NEVER,
  });
}

export const application: AnyCase[] = [
  inRow("48-application-reset", "reset", {
    family: 4,
    nets: ["10.48.1", "10.48.2"],
    port: 8_080,
    oneNode: false,
  }),
  inRow("48-application-reset.six", "reset", {
    family: 6,
    nets: ["fd48:1", "fd48:2"],
    port: 5_432,
    oneNode: true,
  }),
  resetBehindService,
  inRow("49-application-silent", "silent", {
    family: 4,
    nets: ["192.168.49", "192.168.50"],
    port: 3_306,
    oneNode: true,
  }),
  silentUdp("49-application-silent.udp", true),
  silentUdp("49-application-silent.udp-reads", false),
];
