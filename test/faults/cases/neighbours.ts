/** Next hops that nobody answers for, and links that carry nothing. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { pods, switched } from "../worlds/bridged.ts";
import { routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const code = "neighbour-unresolved" as const;
const waiting = ["dropped", "vanished", "unknown"] as const;

const bridged = (rule: string) =>
  `table bridge f { chain c { type filter hook forward priority 0; ${rule}; }; }`;

export const neighbours: AnySpec[] = [
  fault({
    id: "neighbour-nobody",
    code,
    world: pods,
    fault: {},
    talks: (w) => [ping(w, { to: w.nobody, waitMs: 3_500, count: 2 })],
    verdicts: (w) => [
      dropped(["node", w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
    alone: true,
  }),
  fault({
    id: "neighbour-nobody-v6",
    code,
    world: pods,
    fault: {},
    talks: (w) => [ping(w, { to: w.nobody6, waitMs: 3_500, count: 2 })],
    verdicts: (w) => [
      dropped(["node", w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
    alone: true,
  }),
  fault({
    id: "neighbour-arp-off",
    code,
    world: switched(),
    fault: { lay: (w) => w.server.at.ip(`link set ${w.server.device} arp off`) },
    near: {
      what: "a failed neighbour nobody uses",
      lay: (w) => w.client.at.ip(`neigh add ${w.nobody} dev ${w.client.device} nud failed`),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080, { timeoutMs: 3_600 })],
    verdicts: (w) => [
      dropped(["a", w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
  }),
  fault({
    id: "neighbour-of-router",
    code,
    world: routed(),
    fault: { lay: (w) => w.server.at.ip(`addr del ${w.server.four}/24 dev ${w.server.device}`) },
    near: {
      what: "another address of the server goes",
      lay: (w) =>
        w.server.at.ip(
          `addr add 198.51.100.8/24 dev ${w.server.device}`,
          `addr del 198.51.100.8/24 dev ${w.server.device}`,
        ),
    },
    talks: (w) => [ping(w, { waitMs: 3_600 })],
    verdicts: (w) => [
      dropped([w.routerNode, w.right], code, {
        stages: undefined,
        outcomes: waiting,
        at: [[w.routerNode, w.right], [w.routerNode, w.left]],
      }),
    ],
  }),
  fault({
    id: "neighbour-gateway-gone",
    code,
    world: routed(),
    fault: {
      lay: (w) => w.client.at.ip(`route replace default via ${w.gateway.replace(/\.1$/, ".253")}`),
    },
    servers: (w) => [server(w, "udp", 5300)],
    talks: (w) => [udp(w, 5300, { timeoutMs: 3_600 })],
    verdicts: (w) => [
      dropped([w.client.node, w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
  }),
  fault({
    id: "neighbour-question-refused-at-bridge",
    code,
    world: pods,
    fault: { lay: (w) => w.host.nft(bridged("arp operation request drop")) },
    near: {
      what: "the bridge refuses another kind of ARP",
      lay: (w) => w.host.nft(bridged("arp operation rreply drop")),
    },
    talks: (w) => [ping(w, { waitMs: 3_600 })],
    verdicts: (w) => [
      dropped(["node", w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
    came: (w) => [{
      outcomes: ["unanswered"],
      codes: [code],
      says: { "the rule": /arp operation request drop/, "the bridge": new RegExp(w.clientPort) },
    }],
  }),
  fault({
    id: "neighbour-question-kept-by-bridge",
    code,
    world: pods,
    fault: {
      act: async (w) => {
        await w.host.run(["bridge", "link", "set", "dev", w.serverPort, "bcast_flood", "off"]);
      },
    },
    talks: (w) => [ping(w, { waitMs: 3_600 })],
    verdicts: (w) => [
      dropped(["node", w.client.device], code, { stages: undefined, outcomes: waiting }),
    ],
    came: (w) => [{
      outcomes: ["unanswered"],
      codes: [code],
      says: { "the setting": /bcast_flood off/, "the port": new RegExp(w.serverPort) },
    }],
    alone: true,
  }),
  fault({
    id: "neighbour-of-reply",
    code,
    world: switched(),
    fault: {
      // ARP for the client never gets to it, while the server itself is known to the client.
      lay: (w) => {
        w.client.at.neighbour(w.client.device, w.server.four, w.server.mac);
        w.client.at.sysctl({ "net.ipv4.conf.all.arp_ignore": 8 });
      },
    },
    talks: (w) => [ping(w, { waitMs: 3_600 })],
    verdicts: (w) => [
      delivered(),
      dropped(["b", w.server.device], code, {
        reply: true,
        stages: undefined,
        outcomes: waiting,
      }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "neighbour-v6-of-router",
    code,
    world: routed({ pods: true }),
    fault: {
      lay: (w) => w.server.at.ip(`addr del ${w.server.six}/64 dev ${w.server.device}`),
    },
    talks: (w) => [ping6(w, { waitMs: 3_600 })],
    verdicts: (w) => [
      dropped(["node", w.right], code, {
        stages: undefined,
        outcomes: waiting,
        at: [["node", w.right], ["node", w.left]],
      }),
    ],
    alone: true,
  }),
];

const dead = "link-down" as const;

export const links: AnySpec[] = [
  fault({
    id: "link-down-router",
    code: dead,
    world: routed(),
    deadLinks: true,
    fault: {
      // The route stays: an address on the device would take it along.
      lay: (w) => {
        w.router.neighbour(w.right, w.server.four, w.server.mac);
        w.server.at.ip(`link set ${w.server.device} down`);
      },
    },
    near: {
      what: "another device is down",
      lay: (w) => w.router.ip("link add idle0 type ifb"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped([w.routerNode, w.right], [dead, "no-route"], {
        at: [[w.routerNode, w.right], [w.routerNode, w.left]],
      }),
    ],
  }),
  fault({
    id: "link-down-own",
    code: dead,
    world: routed(),
    deadLinks: true,
    fault: { lay: (w) => w.router.ip(`link set ${w.right} down`) },
    talks: (w) => [ping(w)],
    // With the device its routes went: the lookup fails, and the device is why.
    verdicts: (w) => [
      dropped([w.routerNode, w.left], [dead, "no-route"], {
        at: [[w.routerNode, w.right], [w.routerNode, w.left]],
      }),
    ],
    alone: true,
  }),
  fault({
    id: "link-down-port",
    code: dead,
    world: pods,
    deadLinks: true,
    fault: { lay: (w) => w.host.ip(`link set ${w.serverPort} down`) },
    talks: (w) => [ping(w)],
    verdicts: () => [{
      outcomes: waiting,
      codes: [dead, code],
      remedy: true,
    }],
    alone: true,
  }),
];
