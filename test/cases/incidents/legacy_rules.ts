/** 22: rules of the old backend of iptables, which the new one does not list. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, udp } from "../traffic/programs.ts";
import { udpServer, webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { kubeProxyRules, must, restoreNow, serve } from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

const where = ["kube-router#1069", "kubernetes#109811", "cilium#28260"];
const service = "10.96.77.7";
const NEVER = {
  "that nothing there refuses": /no rule or policy read there refuses/i,
};

function shop(end: string) {
  const endpoints = [[end, 8_080]] as const;
  return { name: "d/shop:http", address: service, port: 80, protocol: "tcp" as const, endpoints };
}

const staleService: AnyCase = reportedCase<Cluster>({
  name: "22-legacy-nft-mix",
  reported: { words: "after an upgrade a service goes to a pod address of before it", where },
  truth:
    "iptables-legacy still holds KUBE-* rules that translate the service to 10.244.1.77, which " +
    "nobody has; iptables, which is nft now, lists only the new ones",
  lay(topology) {
    const place = cluster(topology, { pods: { 1: [2, 4], 2: [2] } });
    serve(place, [shop(place.address(1, 4))]);
    return place;
  },
  async start(place, broken) {
    keepUp(place, webServer(place.pod(1, 4), { port: 8_080 }));
    if (!broken) return;
    const { podCidr } = place;
    await restoreNow(
      place.node(1).at,
      [kubeProxyRules([shop("10.244.1.77")], { podCidr })],
      "iptables-legacy",
    );
  },
  traffic: (place) => curl(place.pod(1, 2), service, { port: 80, seconds: 4 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: () => [{ name: "by service", filter: `host ${service}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: service,
    port: 80,
    outcomes: ["unanswered", "refused"],
    codes: ["service-without-endpoint", "neighbour-unresolved"],
    says: {
      "the endpoint that nobody has": fact("10.244.1.77"),
      "that the old backend's rules translate": /legacy/,
    },
  }],
  never: () => NEVER,
});

const policyInCluster: AnyCase = reportedCase<Cluster>({
  name: "22b-legacy-policy",
  reported: {
    words: "pods of one node reach nothing, and iptables -S shows nothing that drops",
    where,
  },
  truth: "the FORWARD policy of iptables-legacy is DROP",
  lay: (topology) => {
    const place = cluster(topology, { pods: { 1: [2, 4], 2: [2] } });
    serve(place, [shop(place.address(1, 4))]);
    return place;
  },
  async start(place, broken) {
    keepUp(place, webServer(place.pod(1, 4), { port: 8_080 }));
    const policy = broken ? "DROP" : "ACCEPT";
    await must(place.node(1).at, ["iptables-legacy", "-P", "FORWARD", policy]);
  },
  traffic: (place) => curl(place.pod(1, 2), service, { port: 80 }),
  happened: /curl: 000/,
  well: /curl: 200/,
  asks: () => [{ name: "by service", filter: `host ${service}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: service,
    port: 80,
    outcomes: ["unanswered"],
    codes: ["netfilter-drop"],
    says: { "the old backend": /legacy/, "the chain": fact("FORWARD"), "its policy": /policy/i },
  }],
  never: () => NEVER,
});

/** A rule, not a policy, of the old backend, on a router, for replies. */
const ruleOnRouter: AnyCase = reportedCase<Row>({
  name: "22b-legacy-policy.router",
  reported: { words: "DNS through the router is dead, nft list ruleset is empty", where },
  truth: "a rule of iptables-legacy drops what comes from port 53",
  lay: (topology) => row(topology, { nets: ["10.71.0", "10.72.0"], hosts: [[11], [12]] }),
  async start(place, broken) {
    keepUp(place, udpServer(place.host(2, 12), { port: 53 }));
    const port = broken ? "53" : "54";
    const rule = ["-p", "udp", "--sport", port, "-j", "DROP"];
    await must(place.router, ["iptables-legacy", "-N", "old-guard"]);
    await must(place.router, ["iptables-legacy", "-A", "FORWARD", "-j", "old-guard"]);
    await must(place.router, ["iptables-legacy", "-A", "old-guard", ...rule]);
  },
  traffic: (place) => udp(place.host(1, 11), place.address(2, 12), 53, { count: 3 }),
  happened: /udp: 0 of 3/,
  well: /udp: 3 of 3/,
  asks: (place) => [{ name: "by server", filter: `udp port 53 and host ${place.address(2, 12)}` }],
  musts: (place) => [{
    protocol: "udp",
    client: place.address(1, 11),
    server: place.address(2, 12),
    port: 53,
    outcomes: ["unanswered"],
    codes: ["netfilter-drop"],
    says: { "the old backend": /legacy/, "the chain": fact("old-guard") },
    heals: true,
  }],
  never: () => NEVER,
});

export const legacyRules: AnyCase[] = [staleService, policyInCluster, ruleOnRouter];
