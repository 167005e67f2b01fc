/** Translation that forgets, has no room, is passed by, or leads nowhere. */
import { familyOf } from "../../../../src/lab/address.ts";
import type { Namespace } from "../../../../src/lab/namespace.ts";
import { keepConnected } from "../../../cases/traffic/connections.ts";
import { udpServer, webServer } from "../../../cases/traffic/servers.ts";
import { must } from "../../../cases/worlds/kube_proxy.ts";
import { keepOpen } from "../../bench/keep_open.ts";
import { type AnySpec, fault } from "../../bench/spec.ts";
import { pods } from "../../worlds/bridged.ts";
import { asymmetric } from "../../worlds/others.ts";
import { overlay } from "../../worlds/overlay.ts";
import { routed, twoRouters } from "../../worlds/routed.ts";
import type { Site, World } from "../../worlds/world.ts";
import { send } from "../../traffic/talk.ts";
import { tcp, udp } from "../talks.ts";

const PORT = 8_080;
const VIP = { 4: "198.18.7.9", 6: "2001:db8:77::9" } as const;

/** A world, and the namespace in it that translates. */
interface Place<W extends World> {
  id: string;
  world(site: Site): W;
  at(world: W): Namespace;
  /** Its device towards the server. */
  out(world: W): string;
  family: 4 | 6;
}

/** Keeps the world's type inside. */
// deno-lint-ignore no-explicit-any
const place = <W extends World>(one: Place<W>): Place<any> => one;

const inRouter = place({
  id: "routed",
  world: routed(),
  at: (w) => w.router,
  out: (w) => w.right,
  family: 4,
});
const inSecond = place({
  id: "two-routers",
  world: twoRouters,
  at: (w) => w.second,
  out: (w) => w.right,
  family: 6,
});
const inNode = place({
  id: "overlay",
  world: overlay(),
  at: (w) => w.a.at,
  out: (w) => w.vx,
  family: 4,
});

const serverOf = (w: World, family: 4 | 6) => family === 6 ? w.server.six : w.server.four;
const inUrl = (address: string) => familyOf(address) === 6 ? `[${address}]` : address;

function masquerade({ at, out, family }: Place<World>, w: World, words: string): void {
  const rule = `-A POSTROUTING -o ${out(w)} -p tcp -j MASQUERADE ${words}`;
  if (family === 6) at(w).ip6tables("nat", rule);
  else at(w).iptables("nat", rule);
}

const exhausted = [inRouter, inSecond, inNode].map((one) => {
  const first = 40_000;
  const range = (count: number) => `--to-ports ${first}-${first + count - 1}`;
  return fault<World>({
    id: `nat-ports-exhausted-${one.id}`,
    code: "nat-ports-exhausted",
    world: one.world,
    fault: { lay: (w) => masquerade(one, w, range(2)) },
    near: {
      what: "two ports are left of four",
      lay: (w) => masquerade(one, w, range(4)),
    },
    servers: (w) => [webServer(w.server.at, { port: PORT, family: one.family })],
    async before(w) {
      for (let i = 0; i < 2; i++) {
        const held = await keepConnected(w.client.at, serverOf(w, one.family), PORT);
        keepOpen(w.topology, held);
      }
    },
    talks: (w) => [tcp(w, PORT, { to: serverOf(w, one.family), staysOpen: true })],
    came: () => [{
      outcomes: ["unanswered"],
      codes: ["nat-ports-exhausted"],
      alsoTrue: ["netfilter-drop"],
      says: { "the rule's ports": new RegExp(`${first}\\D{1,5}${first + 1}`) },
      remedy: true,
    }],
  });
});

const changed = [inRouter, inSecond, inNode].map((one) =>
  fault<World>({
    id: `port-changed-${one.id}`,
    code: "port-changed",
    world: one.world,
    setUp: (w) => masquerade(one, w, "--random-fully"),
    fault: { amid: async (w) => void await must(one.at(w), ["conntrack", "-F"]) },
    near: {
      what: "entries of UDP are flushed",
      amid: async (w) => void await one.at(w).run(["conntrack", "-D", "-p", "udp"]),
    },
    servers: (
      w,
    ) => [webServer(w.server.at, { port: PORT, family: one.family, does: "answer-at-end" })],
    talks: (w) => [tcp(w, PORT, { to: serverOf(w, one.family) })],
    came: () => [{ outcomes: ["broken"], codes: ["port-changed"] }],
  })
);

const dnat = (family: 4 | 6, to: string, port: number, protocol = "udp") => {
  const ip = family === 6 ? "ip6" : "ip";
  return `table ${ip} lb { chain pre { type nat hook prerouting priority dstnat; ` +
    `${ip} daddr ${VIP[family]} ${protocol} dport 514 dnat to ${inUrl(to)}:${port}; }; }`;
};

/** Forgets what a client's port was translated to. */
const entryOf = (family: 4 | 6, port: number) => [
  ...["conntrack", "-D", "-f", `ipv${family}`, "-p", "udp", "--sport", `${port}`],
];

const stale = [
  inRouter,
  inNode,
  place({
    id: "two-routers",
    world: twoRouters,
    at: (w) => w.first,
    out: (w) => w.middle,
    family: 6,
  }),
].map((one) => {
  const old = 5_140;
  const now = 5_141;
  const ask = (sourcePort: number) => (w: World) =>
    udp(w, 514, { to: VIP[one.family], sourcePort });
  return fault<World>({
    id: `stale-conntrack-entry-${one.id}`,
    code: "stale-conntrack-entry",
    world: one.world,
    setUp: (w) =>
      void one.at(w).nft(dnat(one.family, serverOf(w, one.family), old))
        .sysctl({ "net.netfilter.nf_conntrack_udp_timeout": 300 }),
    async before(w) {
      const service = udpServer(w.server.at, { port: old, family: one.family });
      await send(ask(4_514)(w));
      await send(ask(4_515)(w));
      service.close();
      await must(one.at(w), ["nft", "delete", "table", one.family === 6 ? "ip6" : "ip", "lb"]);
      await must(one.at(w), ["nft", "-f", "-"], dnat(one.family, serverOf(w, one.family), now));
      await must(one.at(w), entryOf(one.family, 4_515));
    },
    fault: {},
    near: {
      what: "an entry of another client's port is stale",
      act: async (w) => void await must(one.at(w), entryOf(one.family, 4_514)),
    },
    servers: (w) => [udpServer(w.server.at, { port: now, family: one.family })],
    noTwin: true,
    talks: (w) => [ask(4_514)(w)],
    came: () => [{
      outcomes: ["refused"],
      codes: ["stale-conntrack-entry"],
      // At the old port nobody listens any more.
      alsoTrue: ["no-listener"],
      says: { "where the rules send to": new RegExp(`\\b${now}\\b`) },
      remedy: true,
    }],
    // The near miss is the twin: nothing but the entry tells them apart.
    happened: (_, [sent]) => sent!.answered === 0,
  });
});

const around = fault({
  id: "reply-not-translated-around",
  code: "reply-not-translated",
  world: asymmetric,
  setUp: (w) => {
    w.there.nft(dnat(4, w.server.four, PORT));
    w.client.at.route(`${VIP[4]}/32 via ${w.client.four.replace(/\d+$/, "1")}`);
  },
  fault: {},
  near: {
    what: "the answer takes the way of the question, a route for others the other way",
    lay: (w) =>
      w.server.at.ip(
        `route replace ${w.client.four}/32 via ${w.server.four.replace(/\d+$/, "1")}`,
      ),
  },
  noTwin: true,
  servers: (w) => [udpServer(w.server.at, { port: PORT })],
  talks: (w) => [udp(w, 514, { to: VIP[4] })],
  came: (w) => [{
    outcomes: ["mis-answered"],
    codes: ["reply-not-translated"],
    alsoTrue: ["asymmetric-path"],
    says: { "whose address it came with": new RegExp(w.server.four) },
  }],
});

const bridged = fault({
  id: "reply-not-translated-bridge",
  code: "reply-not-translated",
  world: pods,
  setUp: (w) =>
    void w.host.nft(dnat(4, w.server.four, PORT)).sysctl({
      "net.bridge.bridge-nf-call-iptables": 1,
    }),
  fault: { lay: (w) => void w.host.sysctl({ "net.bridge.bridge-nf-call-iptables": 0 }) },
  near: {
    what: "the same setting of IPv6",
    lay: (w) => void w.host.sysctl({ "net.bridge.bridge-nf-call-ip6tables": 0 }),
  },
  servers: (w) => [udpServer(w.server.at, { port: PORT })],
  talks: (w) => [udp(w, 514, { to: VIP[4] })],
  came: (w) => [{
    outcomes: ["mis-answered"],
    codes: ["reply-not-translated"],
    says: {
      "the setting": /bridge-nf-call-iptables\D{1,12}0/,
      "whose address it came with": new RegExp(w.server.four),
    },
    remedy: true,
  }],
});

const untracked = fault({
  id: "reply-not-translated-untracked",
  code: "reply-not-translated",
  world: routed(),
  setUp: (w) => void w.router.nft(dnat(4, w.server.four, PORT)),
  fault: {
    lay: (w) => void w.router.iptables("raw", `-A PREROUTING -i ${w.right} -p udp -j NOTRACK`),
  },
  near: {
    what: "TCP is not tracked",
    lay: (w) => void w.router.iptables("raw", `-A PREROUTING -i ${w.right} -p tcp -j NOTRACK`),
  },
  servers: (w) => [udpServer(w.server.at, { port: PORT })],
  talks: (w) => [udp(w, 514, { to: VIP[4] })],
  came: (w) => [{
    outcomes: ["mis-answered"],
    codes: ["reply-not-translated"],
    says: { "whose address it came with": new RegExp(w.server.four) },
  }],
});

export const translations: AnySpec[] = [
  ...exhausted,
  ...changed,
  ...stale,
  around,
  bridged,
  untracked,
];
