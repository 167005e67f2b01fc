/** Where no probe is, two faults at once, and a fault that goes away. */
import { type AnySpec, delivered, dropped, fault, type Verdict } from "../bench/spec.ts";
import { switched } from "../worlds/bridged.ts";
import { type Routed, routed, twoRouters } from "../worlds/routed.ts";
import type { Site } from "../worlds/world.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

/** Only the client has a probe. */
function clientOnly(site: Site): Routed {
  const world = routed({ pods: false })(site);
  return { ...world, nodes: { client: [world.client.at] } };
}

const quiet = (w: Routed) =>
  w.router.nft(
    "table ip f { chain c { type filter hook prerouting priority 0; ip protocol icmp drop; " +
      "tcp dport 8080 drop; }; }",
  );

export const silence: AnySpec[] = [
  fault({
    id: "left-observed",
    code: "left-observed-network",
    world: clientOnly,
    fault: { lay: (w) => void quiet(w) },
    near: {
      what: "the unprobed router drops others' packets",
      lay: (w) =>
        w.server.at.nft(
          "table ip f { chain c { type filter hook input priority 0; ip saddr 198.51.100.1 drop; }; }",
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w): Verdict[] => [{
      outcomes: ["unknown"],
      at: [[w.client.node, w.client.device]],
      codes: ["left-observed-network"],
      remedy: false,
    }],
  }),
  fault({
    id: "left-observed-tcp",
    code: "left-observed-network",
    world: clientOnly,
    fault: { lay: (w) => void quiet(w) },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    verdicts: (w): Verdict[] => [{
      outcomes: ["unknown"],
      at: [[w.client.node, w.client.device]],
      codes: ["left-observed-network"],
      remedy: false,
    }],
  }),
  fault({
    id: "lost-in-router",
    code: "lost-between-nodes",
    world: routed({ unprobed: true }),
    fault: { lay: (w) => void quiet(w) },
    near: {
      what: "the unprobed router drops another port",
      lay: (w) =>
        w.router.nft(
          "table ip f { chain c { type filter hook prerouting priority 0; tcp dport 8081 drop; }; }",
        ),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [ping(w), tcp(w, 8080)],
    verdicts: (w) =>
      [0, 1].map((talk) => ({
        talk,
        outcomes: ["vanished"],
        at: [[w.client.node, w.client.device]],
        codes: ["lost-between-nodes"],
        remedy: false,
      })),
  }),
  fault({
    id: "lost-in-switch-replies",
    code: "lost-between-nodes",
    world: switched(),
    fault: {
      lay: (w) =>
        w.host.nft(
          "table bridge f { chain c { type filter hook forward priority 0; " +
            "icmp type echo-reply drop; }; }",
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [delivered(), {
      reply: true,
      outcomes: ["vanished"],
      at: [["b", w.server.device]],
      codes: ["lost-between-nodes"],
      remedy: false,
    }],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "unprobed-router-no-route",
    code: "no-route",
    world: routed({ unprobed: true }),
    fault: { lay: (w) => w.router.ip(`route del ${w.serverNet} dev ${w.right}`) },
    talks: (w) => [ping(w)],
    verdicts: (w): Verdict[] => [{
      outcomes: ["dropped", "vanished", "unknown"],
      at: [[w.client.node, w.client.device]],
      codes: ["no-route"],
      remedy: false,
    }],
  }),
  fault({
    id: "two-faults",
    code: "netfilter-drop",
    world: twoRouters,
    fault: {
      lay: (w) => {
        w.first.nft(
          "table inet f { chain c { type filter hook forward priority 0; tcp dport 80 drop; }; }",
        );
        w.second.ip(`route add prohibit ${w.server.six}/128`);
      },
    },
    servers: (w) => [server(w, "tcp", 80), server(w, "udp", 81)],
    talks: (w) => [tcp(w, 80), ping6(w), udp(w, 81), udp(w, 82)],
    verdicts: (w) => [
      dropped(["first", w.left], "netfilter-drop"),
      dropped(["second", w.middle], "route-blackhole", { talk: 1 }),
      delivered({ talk: 2 }),
      dropped([w.server.node, w.server.device], "no-listener", { talk: 3, remedy: false }),
    ],
    alone: true,
  }),
  fault({
    id: "comes-and-goes",
    code: "route-blackhole",
    world: routed(),
    fault: {
      lay: (w) => w.router.ip(`route add blackhole ${w.server.four}/32`),
      during: async (w) => {
        await w.router.run(["ip", "route", "del", "blackhole", `${w.server.four}/32`]);
      },
    },
    servers: (w) => [server(w, "tcp", 80)],
    talks: (w) => [tcp(w, 80)],
    verdicts: (w) => [
      dropped([w.routerNode, w.left], "route-blackhole"),
      delivered({ talk: 1 }),
    ],
    happened: (_, [before, after]) => before!.answered === 0 && after!.answered === 1,
    alone: true,
  }),
  fault({
    id: "comes-while-traced",
    code: "netfilter-drop",
    world: routed({ pods: true }),
    fault: {
      during: async (w) => {
        await w.router.run([
          "iptables",
          "-A",
          "FORWARD",
          "-p",
          "udp",
          "--dport",
          "53",
          "-j",
          "DROP",
        ]);
      },
    },
    servers: (w) => [server(w, "udp", 53)],
    talks: (w) => [udp(w, 53)],
    verdicts: (w) => [
      delivered(),
      dropped(["node", w.left], "netfilter-drop", { talk: 1 }),
    ],
    happened: (_, [before, after]) => before!.answered === 2 && after!.answered === 0,
    alone: true,
  }),
];
