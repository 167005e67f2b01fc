/** Packets larger than some part of the way allows. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { pods } from "../worlds/bridged.ts";
import { overlay } from "../worlds/overlay.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp } from "./talks.ts";

const code = "mtu-exceeded" as const;
const port = 8081;
const whole = ["-M", "do"];
/** The lower limit may not be above the upper one. */
const memoryOf = (bytes: number) => ({
  "net.ipv4.ipfrag_low_thresh": 0,
  "net.ipv4.ipfrag_high_thresh": bytes,
});
const either = (w: Routed) => [[w.routerNode, w.left], [w.routerNode, w.right]] as const;

export const sizes: AnySpec[] = [
  fault({
    id: "mtu-device",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.ip(`link set ${w.right} mtu 1300`) },
    near: { what: "just large enough", lay: (w) => w.router.ip(`link set ${w.right} mtu 1428`) },
    talks: (w) => [ping(w, { size: 1_400, options: whole })],
    verdicts: (w) => [dropped([w.routerNode, w.left], code, { at: either(w), remedy: false })],
  }),
  fault({
    id: "mtu-route",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.ip(`route add ${w.server.four} dev ${w.right} mtu lock 1200`) },
    near: {
      what: "a route with a small MTU to elsewhere",
      lay: (w) => w.router.ip(`route add 198.51.100.0/24 dev ${w.right} mtu lock 1200`),
    },
    talks: (w) => [ping(w, { size: 1_300, options: whole })],
    verdicts: (w) => [dropped([w.routerNode, w.left], code, { at: either(w), remedy: false })],
  }),
  fault({
    id: "mtu-black-hole-tcp",
    code,
    world: routed(),
    // The error that would make the sender send less never gets out.
    fault: {
      lay: (w) =>
        w.router.ip(`link set ${w.right} mtu 1300`)
          .iptables("filter", "-A OUTPUT -p icmp --icmp-type 3 -j DROP"),
    },
    near: {
      what: "the error gets back and the sender sends less",
      lay: (w) => w.router.ip(`link set ${w.right} mtu 1300`),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port, { size: 60_000, timeoutMs: 2_500 })],
    verdicts: (w) => [dropped([w.routerNode, w.left], code, { at: either(w), remedy: false })],
    ignore: () => ["icmp"],
  }),
  fault({
    id: "mtu-v6",
    code,
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.ip(`link set ${w.right} mtu 1300`) },
    near: { what: "just large enough", lay: (w) => w.router.ip(`link set ${w.right} mtu 1448`) },
    talks: (w) => [ping6(w, { size: 1_400, options: whole, count: 1 })],
    verdicts: (w) => [
      dropped(["node", w.left], code, {
        at: [["node", w.left], ["node", w.right]],
        remedy: false,
      }),
    ],
  }),
  fault({
    id: "mtu-bridge-port",
    code,
    world: pods,
    fault: { lay: (w) => w.host.ip(`link set ${w.serverPort} mtu 1200`) },
    near: {
      what: "the port's MTU is just enough",
      lay: (w) => w.host.ip(`link set ${w.serverPort} mtu 1428`),
    },
    talks: (w) => [ping(w, { size: 1_400, options: whole })],
    // The bridge takes the smallest MTU of its ports for its own; the ports keep theirs.
    verdicts: (w) => [
      dropped(["node", w.serverPort], code, {
        at: [["node", w.serverPort], ["node", w.clientPort]],
        remedy: false,
      }),
    ],
  }),
  fault({
    id: "mtu-peer",
    code,
    world: routed(),
    fault: { lay: (w) => w.server.at.ip(`link set ${w.server.device} mtu 1300`) },
    near: {
      what: "small packets",
      lay: (w) => w.server.at.ip(`link set ${w.server.device} mtu 1450`),
    },
    talks: (w) => [ping(w, { size: 1_400, options: ["-M", "dont"] })],
    verdicts: (w) => [
      dropped([w.routerNode, w.right], code, {
        at: [[w.routerNode, w.right], [w.server.node, w.server.device]],
        remedy: false,
      }),
    ],
  }),
  fault({
    id: "mtu-tunnel",
    code,
    world: overlay(),
    fault: { lay: (w) => w.a.at.ip(`link set ${w.vx} mtu 1200`) },
    near: { what: "fragments are allowed", lay: (w) => w.a.at.ip(`link set ${w.vx} mtu 1400`) },
    talks: (w) => [ping(w, { size: 1_350, options: whole })],
    verdicts: (w) => [
      dropped(["a", w.a.bridge], code, {
        at: [["a", w.a.bridge], ["a", w.vx], ["a", w.a.port]],
        remedy: false,
      }),
    ],
  }),
  fault({
    id: "fragments",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.nft(
          "table ip f { chain c { type filter hook prerouting priority -450; " +
            "ip frag-off & 0x1fff != 0 drop; }; }",
        ),
    },
    near: {
      what: "fragments are counted",
      lay: (w) =>
        w.router.nft(
          "table ip f { chain c { type filter hook prerouting priority -450; " +
            "ip frag-off & 0x1fff != 0 counter; }; }",
        ),
    },
    talks: (w) => [ping(w, { size: 4_000 })],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  fault({
    id: "fragments-no-memory",
    code: "fragment-memory-full",
    world: pods,
    fault: { lay: (w) => w.server.at.sysctl(memoryOf(0)) },
    near: { what: "room for a few", lay: (w) => w.server.at.sysctl(memoryOf(100_000)) },
    talks: (w) => [ping(w, { size: 4_000 })],
    verdicts: (w) => [dropped(["node", w.server.device], "fragment-memory-full")],
  }),
  fault({
    id: "fragments-well",
    code: "delivered",
    world: pods,
    fault: {},
    talks: (w) => [ping(w, { size: 4_000 }), ping6(w, { size: 4_000 })],
    verdicts: () => [
      delivered(),
      delivered({ reply: true }),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
    alone: true,
  }),
];
