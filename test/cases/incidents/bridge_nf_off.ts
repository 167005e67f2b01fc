/** 01: a service whose endpoint is on the client's own node, and bridged packets pass netfilter by. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact, NO_SOCKET } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, dig } from "../traffic/programs.ts";
import { dnsServer, webServer } from "../traffic/servers.ts";
import { type Cluster, cluster, type ClusterOptions } from "../worlds/cluster.ts";
import { serve } from "../worlds/kube_proxy.ts";

const reported = {
  words: "a pod's DNS works only while the DNS pod is on another node: " +
    "reply from unexpected source",
  where: ["kubernetes#87426", "kubernetes#38802", "kubernetes#21613"],
};

const truth =
  "bridge-nf-call-iptables is 0 on the node, so the reply, which is switched from pod to " +
  "pod, never sees conntrack: it arrives with the endpoint's address, which the client did not ask";

interface Variation extends Pick<ClusterOptions, "family" | "podNet" | "underlay"> {
  name: string;
  service: string;
  protocol: "udp" | "tcp";
}

function variation(
  { name, service, protocol, family = 4, ...net }: Variation,
): AnyCase {
  const sysctl = `bridge-nf-call-ip${family === 6 ? "6" : ""}tables`;
  const port = protocol === "udp" ? 53 : 80;
  const client = (place: Cluster) => place.address(1, 2);
  const end = (place: Cluster) => place.address(1, 5);
  return reportedCase<Cluster>({
    name,
    reported,
    truth,
    packages: protocol === "udp" ? ["bind9-dnsutils"] : [],
    lay(topology, broken) {
      const place = cluster(topology, { ...net, family, pods: { 1: [2, 5], 2: [2] } });
      serve(place, [{
        name: "kube-system/kube-dns:dns",
        address: service,
        port,
        protocol,
        endpoints: [[end(place), port]],
      }]);
      if (broken) place.node(1).at.sysctl({ [`net.bridge.${sysctl}`]: 0 });
      return place;
    },
    start(place) {
      const at = place.pod(1, 5);
      const where = { address: end(place), port };
      keepUp(place, protocol === "udp" ? dnsServer(at, where) : webServer(at, where));
    },
    traffic: (place) =>
      protocol === "udp" ? dig(place.pod(1, 2), service) : curl(place.pod(1, 2), service, { port }),
    happened: /reply from unexpected source|timed out|no servers could be reached/,
    well: /192\.0\.2\.80|curl: 200/,
    asks: (place) => [
      { name: "by service", filter: `host ${service}` },
      { name: "by client", filter: `host ${client(place)} and ${protocol}` },
    ],
    musts: (place) => [{
      protocol,
      client: client(place),
      server: service,
      port,
      outcomes: ["mis-answered"],
      codes: ["reply-not-translated"],
      says: {
        "whose address the answer came with": fact(end(place)),
        "what was asked": fact(service),
        "the setting and its value": new RegExp(`${sysctl}\\D{1,12}0`),
        "where": fact("n1"),
      },
      heals: true,
    }],
    never: () => ({ "that no socket is bound": NO_SOCKET }),
  });
}

export const bridgeNfOff: AnyCase[] = [
  variation({ name: "01-bridge-nf-off", service: "10.96.0.10", protocol: "udp" }),
  variation({
    name: "01-bridge-nf-off.tcp",
    service: "172.20.4.1",
    protocol: "tcp",
    podNet: "10.17",
    underlay: "172.31.3",
  }),
  variation({ name: "01-bridge-nf-off.six", service: "fd42:aa::a", protocol: "udp", family: 6 }),
];
