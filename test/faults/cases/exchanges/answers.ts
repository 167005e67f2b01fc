/** Answers that come from elsewhere, or by another way. */
import { udpServer, webServer } from "../../../cases/traffic/servers.ts";
import { type AnySpec, type Came, fault } from "../../bench/spec.ts";
import { pods, switched } from "../../worlds/bridged.ts";
import { asymmetric } from "../../worlds/others.ts";
import { overlay } from "../../worlds/overlay.ts";
import { routed, type TwoRouters, twoRouters } from "../../worlds/routed.ts";
import { walls } from "../../worlds/walls.ts";
import type { Site, World } from "../../worlds/world.ts";
import { tcp, udp } from "../talks.ts";

const PORT = 5_353;

interface Place {
  id: string;
  world(site: Site): World;
  six?: boolean;
}

const second = ({ six }: Place, w: World) =>
  six ? w.server.six.replace(/[^:]+$/, "fd") : w.server.four.replace(/\d+$/, "253");

const elsewhere = ([
  { id: "routed", world: routed() },
  { id: "switch", world: switched(), six: true },
  { id: "overlay", world: overlay({ mode: "bridged" }) },
  { id: "pods", world: pods },
] as Place[]).map((one) => {
  const { id, world, six } = one;
  const family = six ? 6 : 4;
  return fault({
    id: `reply-from-other-address-${id}`,
    code: "reply-from-other-address",
    world,
    // By default IPv6 takes the address that was added last.
    setUp: (w) =>
      void w.server.at.ip(
        `addr add ${second(one, w)}/${
          six ? "64 nodad preferred_lft 0" : "24"
        } dev ${w.server.device}`,
      ),
    fault: { servers: (w) => [udpServer(w.server.at, { port: PORT, family })] },
    near: {
      what: "bound to all addresses, besides one of the asked address",
      servers: (w) => [
        udpServer(w.server.at, { port: PORT, address: second(one, w) }),
        udpServer(w.server.at, { port: PORT + 1, family }),
      ],
    },
    servers: (w) => [udpServer(w.server.at, { port: PORT, address: second(one, w) })],
    talks: (w) => [udp(w, PORT, { to: second(one, w) })],
    came: (w) => [{
      outcomes: ["mis-answered"],
      codes: ["reply-from-other-address"],
      says: {
        "whose address it came with": new RegExp(`${six ? w.server.six : w.server.four}`),
        "what was asked": new RegExp(second(one, w)),
      },
    }],
  });
});

const invalid = "table inet fw { chain f { type filter hook forward priority 0; policy accept; " +
  "ct state established,related accept; ct state invalid counter drop; }; }";

/** The answer met the firewall that had not seen the question. */
const otherWall = (gateway: string): Came => ({
  outcomes: ["unanswered"],
  codes: ["asymmetric-path"],
  alsoTrue: ["conntrack-invalid"],
  says: { "both ways": /(?=[^]*\bfw-a\b)(?=[^]*\bfw-b\b)/, "its gateway": new RegExp(gateway) },
});

/** A cable that spares the way to the server its first router, which is a firewall. */
function shortcut(w: TwoRouters): { add(server: string): void } {
  const net = w.draw.net();
  const { at, four } = w.client;
  w.topology.veth(at, "short0", w.second, "short0");
  at.address("short0", ...net.both(2));
  w.second.address("short0", ...net.both(1));
  return { add: (server) => void at.route(`${server}/32 via ${net.ip(1)} src ${four}`) };
}

const otherWays = [
  fault<TwoRouters>({
    id: "asymmetric-path-shortcut",
    code: "asymmetric-path",
    world: twoRouters,
    setUp: (w) => void w.first.nft(invalid),
    fault: { lay: (w) => shortcut(w).add(w.server.four) },
    near: {
      what: "the cable is there, and leads to another server",
      lay: (w) => shortcut(w).add("198.51.100.7"),
    },
    servers: (w) => [webServer(w.server.at, { port: 8_080, does: "answer-at-end" })],
    talks: (w) => [tcp(w, 8_080)],
    came: () => [{
      outcomes: ["unanswered"],
      codes: ["asymmetric-path"],
      alsoTrue: ["conntrack-invalid"],
      says: { "by which device it came": /\bshort0\b/ },
    }],
  }),
  fault({
    id: "asymmetric-path-two-uplinks",
    code: "asymmetric-path",
    world: asymmetric,
    fault: { lay: (w) => void w.back.nft(invalid) },
    near: {
      what: "the firewall of the other way counts what is invalid",
      lay: (w) => void w.back.nft(invalid.replace("counter drop", "counter")),
    },
    fine: ["asymmetric-path"],
    servers: (w) => [webServer(w.server.at, { port: 8_080, does: "answer-at-end" })],
    talks: (w) => [tcp(w, 8_080)],
    came: () => [{
      outcomes: ["unanswered"],
      codes: ["asymmetric-path"],
      alsoTrue: ["conntrack-invalid"],
      says: { "by which device it left": /sent to eth1/ },
    }],
  }),
  fault({
    id: "asymmetric-path-two-walls-v6",
    code: "asymmetric-path",
    world: walls,
    fault: {
      lay: (w) => w.server.at.ip(`route replace ${w.clientNet6} via ${w.gateways6[1]}`),
    },
    near: {
      what: "a route of others leads to the other firewall",
      lay: (w) => w.server.at.ip(`route add 2001:db8::/32 via ${w.gateways6[1]}`),
    },
    servers: (w) => [webServer(w.server.at, { port: 8_080, family: 6, does: "answer-at-end" })],
    talks: (w) => [tcp(w, 8_080, { to: w.server.six })],
    came: (w) => [otherWall(w.gateways6[1])],
  }),
  fault({
    id: "asymmetric-path-two-walls-policy",
    code: "asymmetric-path",
    world: walls,
    setUp: (w) => w.server.at.ip(`route add default via ${w.gateways[1]} table 117`),
    fault: { lay: (w) => w.server.at.ip(`rule add from ${w.server.four} lookup 117 pref 50`) },
    near: {
      what: "the rule is for another source",
      lay: (w) => w.server.at.ip("rule add from 198.51.100.7 lookup 117 pref 50"),
    },
    servers: (w) => [webServer(w.server.at, { port: 8_080, does: "answer-at-end" })],
    talks: (w) => [tcp(w, 8_080)],
    came: (w) => [otherWall(w.gateways[1])],
  }),
];

export const answers: AnySpec[] = [...elsewhere, ...otherWays];
