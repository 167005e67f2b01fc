/** What passes depends on a packet's size: a narrow way, fragments, a queue. */
import { type AnySpec, fault } from "../../bench/spec.ts";
import { overlay } from "../../worlds/overlay.ts";
import { chain } from "../../worlds/chain.ts";
import { pods, switched } from "../../worlds/bridged.ts";
import { routed } from "../../worlds/routed.ts";
import { udpServer, webServer } from "../../../cases/traffic/servers.ts";
import type { Namespace } from "../../../../src/lab/namespace.ts";
import type { Site, World } from "../../worlds/world.ts";
import { ping, ping6, tcp, udp } from "../talks.ts";

/** What drops what is larger, in a namespace that nobody watches. */
const narrow = (at: Namespace, bytes: number, family: "inet" | "bridge" = "inet") =>
  void at.nft(
    `table ${family} narrow { chain f { type filter hook forward priority 0; ` +
      `meta length > ${bytes} counter drop; }; }`,
  );

const LARGE = 1_300;

interface Way<W extends World> {
  id: string;
  world(site: Site): W;
  at(world: W): Namespace;
  family?: "bridge";
  /** Bytes that a tunnel adds. */
  more?: number;
  six?: boolean;
}

// deno-lint-ignore no-explicit-any
const way = <W extends World>(one: Way<W>): Way<any> => one;

/** The middle router has no probe. */
const unwatched = (site: Site) => {
  const world = chain(site);
  const { r2: _, ...nodes } = world.nodes;
  return { ...world, nodes };
};

const narrowWays = [
  way({ id: "routed", world: routed({ unprobed: true }), at: (w) => w.router }),
  way({
    id: "overlay",
    world: overlay(),
    at: (w) => w.switch,
    family: "bridge",
    more: 50,
  }),
  way({ id: "chain", world: unwatched, at: (w) => w.routers[1], six: true }),
].map(({ id, world, at, family, more = 0, six }) =>
  fault<World>({
    id: `path-mtu-exceeded-${id}`,
    code: "path-mtu-exceeded",
    world,
    fault: { lay: (w) => narrow(at(w), 1_200 + more, family) },
    near: {
      what: "what is dropped is larger than what is sent",
      lay: (w) => narrow(at(w), 1_400 + more, family),
    },
    talks: (w) => {
      const make = six ? ping6 : ping;
      return [make(w, { size: 56, count: 4 }), make(w, { size: LARGE, count: 6 })];
    },
    inTurn: true,
    came: () => [
      { talk: 0, outcomes: ["answered"], codes: [] },
      {
        talk: 1,
        outcomes: ["unanswered"],
        codes: ["path-mtu-exceeded"],
        alsoTrue: ["lost-between-nodes"],
      },
    ],
    happened: (_, [small, large]) => small!.answered === 4 && large!.answered === 0,
  })
);

const PORT = 1_812;

/** Accepts by a UDP port, and drops the rest of what goes to the server. */
const stateless = (to: string, later: boolean, hook: string) => {
  const ip = to.includes(":") ? "ip6" : "ip";
  const fragments = ip === "ip6"
    ? "exthdr frag exists accept;"
    : "ip frag-off & 0x1fff != 0 accept;";
  return `table ${ip} stateless { chain f { type filter hook ${hook}; policy accept; ` +
    `${later ? fragments : ""} udp dport ${PORT} accept; udp sport ${PORT} accept; ` +
    `${ip} daddr ${to} counter drop; }; }`;
};

const fragments = [
  way({ id: "routed", world: routed(), at: (w) => w.router }),
  // Before fragments are put together.
  way({ id: "switch", world: switched(), at: (w) => w.server.at }),
  way({ id: "overlay", world: overlay(), at: (w) => w.b.at }),
].map(({ id, world, at }) => {
  const hook = id === "switch" ? "prerouting priority -450" : "forward priority 0";
  return fault<World>({
    id: `fragment-without-ports-${id}`,
    code: "fragment-without-ports",
    world,
    fault: { lay: (w) => void at(w).nft(stateless(w.server.four, false, hook)) },
    near: {
      what: "later fragments are accepted",
      lay: (w) => void at(w).nft(stateless(w.server.four, true, hook)),
    },
    servers: (w) => [udpServer(w.server.at, { port: PORT }, (data) => data.slice(0, 20))],
    talks: (w) => [udp(w, PORT, { size: 100 }), udp(w, PORT, { size: 2_600 })],
    came: () => [
      { talk: 0, outcomes: ["answered"], codes: [] },
      {
        talk: 1,
        outcomes: ["unanswered"],
        codes: ["fragment-without-ports"],
        alsoTrue: ["netfilter-drop"],
        says: { "the port that the rule wants": new RegExp(`\\b${PORT}\\b`) },
      },
    ],
    happened: (_, [small, large]) => small!.answered === 2 && large!.answered === 0,
  });
});

interface Queued<W extends World> {
  id: string;
  world(site: Site): W;
  /** Where answers leave towards the client. */
  at(world: W): [Namespace, string];
  six?: boolean;
}

// deno-lint-ignore no-explicit-any
const queued = <W extends World>(one: Queued<W>): Queued<any> => one;

const shaped = [
  queued({ id: "routed", world: routed(), at: (w) => [w.router, w.left] }),
  queued({ id: "bridge", world: pods, at: (w) => [w.host, w.clientPort], six: true }),
  queued({ id: "overlay", world: overlay(), at: (w) => [w.a.at, w.a.port] }),
].map(({ id, world, at, six }) =>
  fault<World>({
    id: `shaped-${id}`,
    code: "shaped",
    world,
    fault: {
      lay(w) {
        const [netns, device] = at(w);
        netns.tc(`qdisc add dev ${device} root tbf rate 400kbit burst 5kb limit 500kb`);
      },
    },
    near: {
      what: "the same queue, a thousand times as fast",
      lay(w) {
        const [netns, device] = at(w);
        netns.tc(`qdisc add dev ${device} root tbf rate 400mbit burst 500kb limit 5mb`);
      },
    },
    servers: (w) => [
      webServer(w.server.at, { port: 8_080, octets: 60_000, family: six ? 6 : 4 }),
    ],
    talks: (w) => [
      tcp(w, 8_080, { to: six ? w.server.six : w.server.four, timeoutMs: 4_000 }),
    ],
    came: (w) => [{
      outcomes: ["slow"],
      codes: ["shaped"],
      says: { "the qdisc": /tbf/, "its device": new RegExp(`\\b${at(w)[1]}\\b`) },
    }],
  })
);

export const bySize: AnySpec[] = [...narrowWays, ...fragments, ...shaped];
