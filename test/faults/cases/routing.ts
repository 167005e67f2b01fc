/** Routing lookups that fail, or find a way that goes nowhere. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { routed, twoRouters } from "../worlds/routed.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

/** A route of this type to the server alone, which the server's network's own route loses to. */
const special = (type: string) =>
  fault({
    id: `route-${type}`,
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.router.ip(`route add ${type} ${w.server.four}/32`) },
    near: {
      what: `${type} route for the address after the server's`,
      lay: (w) => w.router.ip(`route add ${type} 198.51.100.0/24`, `route add ${type} default`),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "route-blackhole")],
  });

export const routing: AnySpec[] = [
  fault({
    id: "no-route-in",
    code: "no-route",
    world: routed(),
    fault: { lay: (w) => w.router.ip(`route del ${w.serverNet} dev ${w.right}`) },
    near: {
      what: "no route to a network nobody asks for",
      lay: (w) => w.router.ip("route add 192.0.2.0/24 dev lo", "route del 192.0.2.0/24 dev lo"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "no-route")],
  }),
  fault({
    id: "no-route-in-v6",
    code: "no-route",
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.ip(`route del ${w.serverNet6} dev ${w.right}`) },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped(["node", w.left], "no-route")],
  }),
  fault({
    id: "no-route-back",
    code: "no-route",
    world: routed(),
    fault: { lay: (w) => w.server.at.ip("route del default") },
    servers: (w) => [server(w, "udp", 5353)],
    talks: (w) => [udp(w, 5353)],
    // The server's answer never becomes a packet: the failed lookup is all there is of it.
    verdicts: (w) => [
      delivered(),
      dropped([w.server.node, ""], "no-route", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "no-route-back-echo",
    code: "no-route",
    world: routed(),
    fault: { lay: (w) => w.server.at.ip("route del default") },
    talks: (w) => [ping(w)],
    // Where the failed lookup is seen it is told of the answer, else of the question: of the exchange
    // it is told in both.
    verdicts: () => [],
    came: () => [{ outcomes: ["unanswered"], codes: ["no-route"], remedy: true }],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "no-route-back-in",
    code: "no-route",
    world: twoRouters,
    fault: { lay: (w) => w.second.ip(`route del ${w.client.four.replace(/\d+$/, "0/24")}`) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped(["second", w.right], "no-route", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "no-route-out",
    code: "no-route",
    world: routed(),
    fault: { lay: (w) => w.client.at.ip("route del default") },
    talks: (w) => [ping(w)],
    verdicts: (w) => [{
      outcomes: ["dropped", "vanished", "unknown"],
      at: [[w.client.node, w.client.device], [w.client.node, "lo"], [w.client.node, ""]],
      codes: ["no-route"],
      remedy: true,
    }],
  }),
  fault({
    id: "no-route-out-v6",
    code: "no-route",
    world: routed(),
    fault: { lay: (w) => w.client.at.ip("route del ::/0") },
    servers: (w) => [server(w, "tcp", 8080, { family: 6 })],
    talks: (w) => [tcp(w, 8080, { to: w.server.six })],
    verdicts: () => [{
      outcomes: ["dropped", "vanished", "unknown"],
      codes: ["no-route"],
      remedy: true,
    }],
  }),
  ...["blackhole", "unreachable", "prohibit"].map(special),
  fault({
    id: "rule-prohibit",
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.router.ip(`rule add from ${w.client.four} prohibit pref 100`) },
    near: {
      what: "the same rule for another source",
      lay: (w) => w.router.ip("rule add from 198.51.100.7 prohibit pref 100"),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "route-blackhole")],
  }),
  fault({
    id: "rule-blackhole-table",
    code: "route-blackhole",
    world: routed({ pods: true }),
    fault: {
      lay: (w) =>
        w.router.ip(
          `rule add iif ${w.left} table 117 pref 50`,
          `route add blackhole ${w.serverNet} table 117`,
        ),
    },
    near: {
      what: "a table of blackholes that no rule sends to",
      lay: (w) => w.router.ip(`route add blackhole ${w.serverNet} table 117`),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["node", w.left], "route-blackhole")],
  }),
  fault({
    id: "route-blackhole-v6",
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.router.ip(`route add blackhole ${w.server.six}/128`) },
    near: {
      what: "a blackhole for another address",
      lay: (w) => w.router.ip("route add blackhole 2001:db8::/32"),
    },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "route-blackhole")],
  }),
  fault({
    id: "route-blackhole-for-replies",
    code: "route-blackhole",
    world: routed(),
    fault: { lay: (w) => w.router.ip(`route add blackhole ${w.client.four}/32`) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped([w.routerNode, w.right], "route-blackhole", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "ttl-one",
    code: "ttl-exceeded",
    world: routed(),
    fault: {},
    near: { what: "TTL 2, which is enough" },
    talks: (w) => [ping(w, { options: ["-t", "1"] })],
    verdicts: (w) => [dropped([w.routerNode, w.left], "ttl-exceeded", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "ttl-two-of-three",
    code: "ttl-exceeded",
    world: twoRouters,
    fault: {},
    talks: (w) => [ping(w, { options: ["-t", "2"] })],
    verdicts: (w) => [dropped(["second", w.middle], "ttl-exceeded", { remedy: false })],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "ttl-one-v6",
    code: "ttl-exceeded",
    world: routed(),
    fault: {},
    talks: (w) => [ping6(w, { options: ["-t", "1"] })],
    verdicts: (w) => [dropped([w.routerNode, w.left], "ttl-exceeded", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "routing-loop",
    code: "routing-loop",
    world: twoRouters,
    fault: {
      lay: (w) =>
        w.second.ip(
          `route del ${w.serverNet} dev ${w.right}`,
          `route add ${w.serverNet} via ${w.firstAddress}`,
        ),
    },
    talks: (w) => [ping(w, { count: 2 })],
    verdicts: (w) => [dropped(["first", w.middle], "routing-loop", {
      remedy: false,
      at: [["first", w.middle], ["second", w.middle]],
    })],
  }),
];
