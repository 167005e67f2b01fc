/** The same with iptables, as kube-proxy, docker and administrators write it. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { asymmetric } from "../worlds/others.ts";
import { routed } from "../worlds/routed.ts";
import { ping, server, tcp, udp } from "./talks.ts";

const port = 6443;

export const iptables: AnySpec[] = [
  fault({
    id: "iptables-forward",
    code: "netfilter-drop",
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.iptables("filter", `-A FORWARD -p tcp --dport ${port} -j DROP`) },
    near: {
      what: "another port",
      lay: (w) => w.router.iptables("filter", `-A FORWARD -p tcp --dport ${port + 1} -j DROP`),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped(["node", w.left], "netfilter-drop")],
  }),
  fault({
    id: "iptables-policy",
    code: "netfilter-drop",
    world: routed(),
    fault: { lay: (w) => w.router.iptables("filter", ":FORWARD DROP [0:0]") },
    near: {
      what: "policy DROP, both directions accepted by rules",
      lay: (w) =>
        w.router.iptables(
          "filter",
          ":FORWARD DROP [0:0]",
          `-A FORWARD -s ${w.client.four} -j ACCEPT`,
          `-A FORWARD -d ${w.client.four} -j ACCEPT`,
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  fault({
    id: "iptables-chain",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.iptables(
          "filter",
          ":NETPOL - [0:0]",
          `-A NETPOL -s ${w.client.four}/32 -m comment --comment "policy web" -j RETURN`,
          "-A NETPOL -j DROP",
          `-A FORWARD -d ${w.client.four} -j ACCEPT`,
          `-A FORWARD -d ${w.server.four} -p udp -j NETPOL`,
          `-A FORWARD -d ${w.server.four} -m comment --comment "last" -j DROP`,
        ),
    },
    near: {
      what: "the chain returns and nothing follows",
      lay: (w) =>
        w.router.iptables(
          "filter",
          ":NETPOL - [0:0]",
          `-A NETPOL -s ${w.client.four}/32 -j RETURN`,
          "-A NETPOL -j DROP",
          `-A FORWARD -s ${w.client.four} -j NETPOL`,
        ),
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  ...(["REJECT", "REJECT --reject-with tcp-reset"] as const).map((target, i) =>
    fault({
      id: i === 0 ? "iptables-reject" : "iptables-reject-reset",
      code: "netfilter-reject",
      world: routed(),
      fault: {
        lay: (w) => w.server.at.iptables("filter", `-A INPUT -p tcp --dport ${port} -j ${target}`),
      },
      near: {
        what: "reject for another port",
        lay: (w) => w.server.at.iptables("filter", `-A INPUT -p tcp --dport 22 -j ${target}`),
      },
      servers: (w) => [server(w, "tcp", port)],
      talks: (w) => [tcp(w, port)],
      verdicts: (w) => [dropped([w.server.node, w.server.device], "netfilter-reject")],
    })
  ),
  fault({
    id: "iptables-output-replies",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) => w.server.at.iptables("filter", "-A OUTPUT -p icmp --icmp-type 0 -j DROP"),
    },
    near: {
      what: "for redirects, which nobody sends",
      lay: (w) => w.server.at.iptables("filter", "-A OUTPUT -p icmp --icmp-type 5 -j DROP"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped([w.server.node, w.server.device], "netfilter-drop", {
        reply: true,
        at: [[w.server.node, w.server.device], [w.server.node, ""]],
      }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "iptables-mangle-prerouting",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) => w.router.iptables("mangle", `-A PREROUTING -i ${w.left} -p icmp -j DROP`),
    },
    near: {
      what: "on the other device for another protocol",
      lay: (w) => w.router.iptables("mangle", `-A PREROUTING -i ${w.right} -p udp -j DROP`),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  fault({
    id: "ip6tables-input",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) => w.server.at.ip6tables("filter", `-A INPUT -p udp --dport ${port} -j DROP`),
    },
    near: {
      what: "iptables without the 6",
      lay: (w) => w.server.at.iptables("filter", `-A INPUT -p udp --dport ${port} -j DROP`),
    },
    servers: (w) => [server(w, "udp", port, { family: 6 })],
    talks: (w) => [udp(w, port, { to: w.server.six })],
    verdicts: (w) => [dropped([w.server.node, w.server.device], "netfilter-drop")],
  }),
  fault({
    id: "iptables-raw-multiport",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.iptables(
          "raw",
          `-A PREROUTING -p tcp -m multiport --dports 22,${port} -m comment --comment lock -j DROP`,
        ),
    },
    near: {
      what: "multiport of others",
      lay: (w) =>
        w.router.iptables("raw", "-A PREROUTING -p tcp -m multiport --dports 22,23 -j DROP"),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  fault({
    id: "iptables-invalid",
    code: "conntrack-invalid",
    world: asymmetric,
    fault: {
      lay: (w) => w.back.iptables("filter", "-A FORWARD -m conntrack --ctstate INVALID -j DROP"),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [
      delivered(),
      dropped(["back", w.backIn], "conntrack-invalid", { reply: true, remedy: false }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
];
