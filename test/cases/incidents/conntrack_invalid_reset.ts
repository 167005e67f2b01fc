/** 02: one answer of a translated connection is invalid for conntrack, and the client resets it. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Case, type Place, reportedCase } from "../bench/case.ts";
import { fact, NO_SOCKET } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { strayServer } from "../traffic/stray.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { serve } from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

const reported = {
  words: "long downloads through a service hang or die with connection reset by peer, now and then",
  where: ["kubernetes#74839", "kubernetes#117924", "kube-proxy subtleties, kubernetes.io/blog"],
};

const truth =
  "a segment outside the window is INVALID for conntrack and so not translated back: it " +
  "arrives from the server's own address, of which the client knows no connection, and it resets";

const LIBERAL = "net.netfilter.nf_conntrack_tcp_be_liberal";
const STRAY = { beyond: 5_000_000, before: 3_000, after: 5_000 };

interface Ends<P extends Place> {
  client(place: P): readonly [Namespace, string];
  server(place: P): readonly [Namespace, string];
  service: string;
  port: number;
}

function common<P extends Place>({ client, server, service, port }: Ends<P>) {
  return {
    reported,
    truth,
    start(place: P) {
      const [at, address] = server(place);
      keepUp(place, strayServer(at, { address, port: 8_080, ...STRAY }));
    },
    traffic: (place: P) => curl(client(place)[0], service, { port, seconds: 5 }),
    // The server is told of the reset; the client waits for an answer that will not come.
    happened: /with 3000 out of 8000 bytes received/,
    well: /curl: 200 8000 bytes/,
    asks: (place: P) => [
      { name: "by service", filter: `host ${service}` },
      { name: "by client", filter: `host ${client(place)[1]} and tcp` },
    ],
    musts: (place: P) => [{
      protocol: "tcp",
      client: client(place)[1],
      server: service,
      port,
      outcomes: ["broken"],
      codes: ["reply-not-translated"],
      alsoTrue: ["conntrack-invalid"],
      says: {
        "whose address it came with": fact(server(place)[1]),
        "what was asked": fact(service),
        "that conntrack found it invalid": /invalid/i,
        "what to set": /nf_conntrack_tcp_be_liberal|state invalid drop|ctstate INVALID/,
      },
      heals: true,
    }],
    never: () => ({ "that no socket is bound": NO_SOCKET }),
    // The segment is outside the window, and the client's own TCP drops it for that.
    fineWhenWell: ["tcp-out-of-window"],
  } satisfies Partial<Case<P>>;
}

function inCluster(name: string, family: 4 | 6, service: string): AnyCase {
  return reportedCase<Cluster>({
    name,
    ...common<Cluster>({
      client: (place) => [place.pod(1, 2), place.address(1, 2)],
      server: (place) => [place.pod(2, 3), place.address(2, 3)],
      service,
      port: 80,
    }),
    lay(topology, broken) {
      const place = cluster(topology, { family, pods: { 1: [2], 2: [3] } });
      const endpoints = [[place.address(2, 3), 8_080]] as const;
      serve(place, [{
        name: "default/big:http",
        address: service,
        port: 80,
        protocol: "tcp",
        endpoints,
      }], {
        dropInvalid: false,
      });
      place.node(1).at.sysctl({ [LIBERAL]: broken ? 0 : 1 });
      return place;
    },
  });
}

function behindRouter(name: string, vip: string): AnyCase {
  return reportedCase<Row>({
    name,
    ...common<Row>({
      client: (place) => [place.host(1, 14), place.address(1, 14)],
      server: (place) => [place.host(2, 3), place.address(2, 3)],
      service: vip,
      port: 8_443,
    }),
    lay(topology, broken) {
      const place = row(topology, {
        nets: ["10.50.1", "10.60.1"],
        hosts: [[14], [3]],
        oneNode: true,
      });
      place.router.nft(
        "table ip lb { chain pre { type nat hook prerouting priority dstnat; " +
          `ip daddr ${vip} tcp dport 8443 dnat to ${place.address(2, 3)}:8080; }; }`,
      ).sysctl({ [LIBERAL]: broken ? 0 : 1 });
      return place;
    },
  });
}

export const conntrackInvalidReset: AnyCase[] = [
  inCluster("02-conntrack-invalid-rst", 4, "10.96.7.7"),
  inCluster("02-conntrack-invalid-rst.six", 6, "fd42:aa::77"),
  behindRouter("02-conntrack-invalid-rst.router", "192.0.2.10"),
];
