/** Service addresses, translations, and the table that remembers them. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { asymmetric } from "../worlds/others.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { server, tcp, udp } from "./talks.ts";

const vip = "198.18.7.1";
const code = "service-without-endpoint" as const;

const kubeProxy = (at: Namespace, to: string) =>
  at.iptables(
    "nat",
    ":KUBE-SERVICES - [0:0]",
    ":KUBE-SVC-ABC - [0:0]",
    ":KUBE-SEP-ABC - [0:0]",
    "-A PREROUTING -j KUBE-SERVICES",
    `-A KUBE-SERVICES -d ${vip}/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-ABC`,
    "-A KUBE-SVC-ABC -j KUBE-SEP-ABC",
    `-A KUBE-SEP-ABC -p tcp -m tcp -j DNAT --to-destination ${to}`,
  );

const nftDnat = (to: string) =>
  "table ip svc { chain pre { type nat hook prerouting priority dstnat; " +
  `ip daddr ${vip} tcp dport 80 dnat to ${to}; }; ` +
  "chain post { type nat hook postrouting priority srcnat; masquerade; }; }";

const nobody = (w: Routed) => w.serverGateway.replace(/\.1$/, ".252");

export const services: AnySpec[] = [
  fault({
    id: "service-well-iptables",
    code: "delivered",
    world: routed({ pods: true }),
    fault: { lay: (w) => void kubeProxy(w.router, `${w.server.four}:8080`) },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 80, { to: vip, size: 200_000 })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    alone: true,
  }),
  fault({
    id: "service-well-nft-masquerade",
    code: "delivered",
    world: routed(),
    fault: { lay: (w) => w.router.nft(nftDnat(`${w.server.four}:8080`)) },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 80, { to: vip })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    alone: true,
  }),
  fault({
    id: "service-endpoint-nobody",
    code,
    noTwin: true,
    world: routed({ pods: true }),
    fault: { lay: (w) => void kubeProxy(w.router, `${nobody(w)}:8080`) },
    near: {
      what: "a dead endpoint of another service",
      lay: (w) =>
        kubeProxy(w.router, `${w.server.four}:8080`).iptables(
          "nat",
          `-A KUBE-SERVICES -d 198.18.7.2/32 -p tcp --dport 80 -j DNAT --to-destination ${
            nobody(w)
          }:80`,
        ),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 80, { to: vip, timeoutMs: 3_600 })],
    verdicts: (w) => [
      dropped(["node", w.right], code, {
        outcomes: ["dropped", "vanished"],
        stages: undefined,
        at: [["node", w.right], ["node", w.left]],
        remedy: false,
      }),
    ],
  }),
  fault({
    id: "service-no-endpoint-reject",
    code,
    world: routed({ pods: true }),
    setUp: (w) => w.router.ip(`route add 198.18.0.0/16 dev ${w.right}`),
    fault: {
      lay: (w) =>
        w.router.iptables(
          "filter",
          ":KUBE-SERVICES - [0:0]",
          "-A FORWARD -j KUBE-SERVICES",
          `-A KUBE-SERVICES -d ${vip}/32 -p tcp --dport 80 -m comment --comment ` +
            `"default/web has no endpoints" -j REJECT --reject-with icmp-port-unreachable`,
        ),
    },
    talks: (w) => [tcp(w, 80, { to: vip })],
    // It was a rule that rejected it, and the rule says why it is there.
    verdicts: (w) => [dropped(["node", w.left], [code, "netfilter-reject"], { remedy: false })],
    alone: true,
  }),
  fault({
    id: "service-backend-no-listener",
    code: "no-listener",
    world: routed({ pods: true }),
    fault: { lay: (w) => void kubeProxy(w.router, `${w.server.four}:8080`) },
    talks: (w) => [tcp(w, 80, { to: vip })],
    verdicts: (w) => [dropped(["node", w.server.device], "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "service-dropped-after-dnat",
    code: "netfilter-drop",
    world: routed({ pods: true }),
    fault: {
      lay: (w) =>
        kubeProxy(w.router, `${w.server.four}:8080`).iptables(
          "filter",
          `-A FORWARD -d ${w.server.four} -p tcp --dport 8080 -j DROP`,
        ),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 80, { to: vip })],
    verdicts: (w) => [dropped(["node", w.left], "netfilter-drop")],
    alone: true,
  }),
  fault({
    id: "service-hairpin-martian",
    code: "martian-address",
    world: routed({ pods: true }),
    // A pod that reaches itself through its service, and nobody masquerades.
    fault: { lay: (w) => void kubeProxy(w.router, `${w.client.four}:8080`) },
    servers: (w) => [{ at: w.client.at, protocol: "tcp", port: 8080 }],
    talks: (w) => [tcp(w, 80, { to: vip })],
    verdicts: (w) => [dropped(["node", w.client.device], "martian-address", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "service-hairpin-masqueraded",
    code: "delivered",
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.nft(nftDnat(`${w.client.four}:8080`)) },
    servers: (w) => [{ at: w.client.at, protocol: "tcp", port: 8080 }],
    talks: (w) => [tcp(w, 80, { to: vip })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    alone: true,
  }),
  fault({
    id: "ct-invalid-asymmetric",
    code: "conntrack-invalid",
    world: asymmetric,
    // The firewall on the way back has not seen the SYN.
    fault: {
      lay: (w) =>
        w.back.nft(
          "table inet fw { chain c { type filter hook forward priority 0; " +
            "ct state established accept; ct state invalid drop; }; }",
        ),
    },
    near: {
      what: "it counts what is invalid",
      lay: (w) =>
        w.back.nft(
          "table inet fw { chain c { type filter hook forward priority 0; " +
            "ct state invalid counter; }; }",
        ),
    },
    servers: (w) => [server(w, "tcp", 443)],
    talks: (w) => [tcp(w, 443)],
    verdicts: (w) => [
      delivered(),
      dropped(["back", w.backIn], "conntrack-invalid", { reply: true, remedy: false }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "rp-filter-asymmetric-replies",
    code: "reverse-path-filter",
    world: asymmetric,
    fault: {
      lay: (w) => {
        // The reply comes in by eth1; the way to the server is eth0.
        w.client.at.sysctl({ "net.ipv4.conf.eth1.rp_filter": 1 });
      },
    },
    near: {
      what: "rp_filter 2",
      lay: (w) => w.client.at.sysctl({ "net.ipv4.conf.eth1.rp_filter": 2 }),
    },
    servers: (w) => [server(w, "udp", 53)],
    talks: (w) => [udp(w, 53)],
    verdicts: (w) => [
      delivered(),
      dropped(["client", w.second], "reverse-path-filter", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
];
