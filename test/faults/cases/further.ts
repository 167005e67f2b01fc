/** Less common ways to the common causes, and healthy traffic that looks odd. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { keepOpen } from "../bench/keep_open.ts";
import { attachXdp, tcBytecode, XDP } from "../kernel/bpf.ts";
import { pods, switched } from "../worlds/bridged.ts";
import { routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const port = 3306;

export const further: AnySpec[] = [
  fault({
    id: "masquerade-replies-dropped",
    code: "netfilter-drop",
    world: routed(),
    setUp: (w) =>
      w.router.nft(
        "table ip nat { chain post { type nat hook postrouting priority srcnat; " +
          `oifname "${w.right}" masquerade; }; }`,
      ),
    fault: {
      lay: (w) =>
        w.router.nft(
          `table ip fw { chain c { type filter hook prerouting priority raw; tcp sport ${port} drop; }; }`,
        ),
    },
    near: {
      what: "replies from another port",
      lay: (w) =>
        w.router.nft(
          "table ip fw { chain c { type filter hook prerouting priority raw; tcp sport 1 drop; }; }",
        ),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [
      delivered(),
      dropped([w.routerNode, w.right], "netfilter-drop", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "service-v6",
    code: "no-listener",
    world: routed(),
    setUp: (w) =>
      void w.router.ip6tables(
        "nat",
        `-A PREROUTING -d 2001:db8:5::1/128 -p tcp --dport 80 -j DNAT --to-destination [${w.server.six}]:${port}`,
      ),
    fault: {},
    talks: (w) => [tcp(w, 80, { to: "2001:db8:5::1" })],
    verdicts: (w) => [
      dropped([w.server.node, w.server.device], "no-listener", { remedy: false }),
    ],
    alone: true,
  }),
  fault({
    id: "service-v6-well",
    code: "delivered",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.ip6tables(
          "nat",
          `-A PREROUTING -d 2001:db8:5::1/128 -p tcp --dport 80 -j DNAT --to-destination [${w.server.six}]:${port}`,
          "-A POSTROUTING -j MASQUERADE",
        ),
    },
    servers: (w) => [server(w, "tcp", port, { family: 6 })],
    talks: (w) => [tcp(w, 80, { to: "2001:db8:5::1", size: 40_000 })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    alone: true,
  }),
  fault({
    id: "arp-filtered",
    code: "neighbour-unresolved",
    world: pods,
    fault: {
      lay: (w) =>
        w.server.at.nft("table arp f { chain c { type filter hook input priority 0; drop; }; }"),
    },
    near: {
      what: "ARP is counted",
      lay: (w) =>
        w.server.at.nft("table arp f { chain c { type filter hook input priority 0; counter; }; }"),
    },
    talks: (w) => [ping(w, { waitMs: 3_400 })],
    // The packet dies for want of a neighbour; its question for one died of the rule.
    verdicts: (w) => [
      dropped(["node", w.client.device], ["neighbour-unresolved", "netfilter-drop"], {
        outcomes: ["dropped", "vanished", "unknown"],
        stages: undefined,
      }),
    ],
  }),
  fault({
    id: "mac-of-another-host",
    code: "destination-mac-mismatch",
    world: switched(),
    fault: {
      lay: (w) => {
        // The client believes that its own peer's MAC belongs to an address nobody has.
        w.client.at.neighbour(w.client.device, w.nobody, w.server.mac);
      },
    },
    talks: (w) => [ping(w, { to: w.nobody })],
    // A host that does not forward got a packet for somebody else; the entry is why.
    verdicts: (w) => [dropped(["b", w.server.device], "destination-mac-mismatch")],
    alone: true,
  }),
  fault({
    id: "tc-egress-own",
    code: "traffic-control-drop",
    world: routed(),
    fault: {
      lay: (w) =>
        w.client.at.tc(
          `qdisc add dev ${w.client.device} clsact`,
          `filter add dev ${w.client.device} egress protocol all bpf bytecode "${
            tcBytecode(0x0800)
          }" da`,
        ),
    },
    near: {
      what: "the program is at the ingress of IPv6",
      lay: (w) =>
        w.client.at.tc(
          `qdisc add dev ${w.client.device} clsact`,
          `filter add dev ${w.client.device} ingress protocol all bpf bytecode "${
            tcBytecode(0x86dd)
          }" da`,
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped([w.client.node, w.client.device], "traffic-control-drop", {
        at: [[w.client.node, w.client.device]],
      }),
    ],
  }),
  fault({
    id: "xdp-generic",
    code: "xdp-drop",
    world: routed(),
    setUp: (w) => void w.client.at.neighbour(w.client.device, w.gateway, w.leftMac),
    fault: {
      act: (w) => keepOpen(w.topology, attachXdp(w.router.name, w.left, XDP.drop, "generic")),
    },
    near: {
      what: "a generic program that lets all pass",
      act: (w) => keepOpen(w.topology, attachXdp(w.router.name, w.left, XDP.pass, "generic")),
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [
      dropped([w.routerNode, w.left], "xdp-drop", {
        outcomes: ["dropped", "vanished"],
        stages: undefined,
        at: [[w.routerNode, w.left], [w.client.node, w.client.device]],
      }),
    ],
  }),
  fault({
    id: "prohibit-own",
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.client.at.ip(`route add prohibit ${w.server.four}/32`) },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: () => [{
      outcomes: ["dropped", "vanished", "unknown"],
      codes: ["route-blackhole"],
      remedy: true,
    }],
    // The socket is refused before it has sent anything.
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "blackhole-own",
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.client.at.ip(`route add blackhole ${w.server.six}/128`) },
    talks: (w) => [ping6(w)],
    verdicts: () => [{
      outcomes: ["dropped", "vanished", "unknown"],
      codes: ["route-blackhole"],
      remedy: true,
    }],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "iptables-reject-own",
    code: "netfilter-reject",
    world: routed({ pods: false }),
    fault: {
      lay: (w) => w.client.at.iptables("filter", `-A OUTPUT -p udp --dport ${port} -j REJECT`),
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [
      dropped(["client", w.client.device], ["netfilter-reject"], {
        at: [["client", w.client.device], ["client", ""], ["client", "lo"]],
      }),
    ],
    alone: true,
  }),
  fault({
    id: "loopback-well",
    code: "delivered",
    world: pods,
    fault: {},
    servers: (w) => [{ at: w.client.at, protocol: "tcp", port }],
    talks: (w) => [
      ping(w, { to: w.client.four }),
      tcp(w, port, { to: "127.0.0.1", size: 100_000 }),
    ],
    verdicts: () => [delivered(), delivered({ talk: 1 }), delivered({ talk: 1, reply: true })],
    alone: true,
  }),
  fault({
    id: "loopback-no-listener",
    code: "no-listener",
    world: pods,
    fault: {},
    talks: (w) => [tcp(w, port, { to: "127.0.0.1" })],
    verdicts: () => [dropped(["node", "lo"], "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "udp-fragments-well",
    code: "delivered",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port, { size: 3_500 })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    alone: true,
  }),
  fault({
    id: "bridge-device-down",
    code: "link-down",
    world: pods,
    deadLinks: true,
    fault: { lay: (w) => w.host.ip(`link set ${w.bridge} down`) },
    talks: (w) => [ping(w)],
    verdicts: () => [{
      outcomes: ["dropped", "vanished", "unknown"],
      codes: ["link-down", "neighbour-unresolved"],
      remedy: false,
    }],
    alone: true,
  }),
];
