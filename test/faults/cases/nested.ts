/** Faults around a tunnel within a tunnel. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { type Nested, nested } from "../worlds/nested.ts";
import { ping, ping6, server, tcp } from "./talks.ts";

/** Everybody knows everybody, so that what dies is the packet and not the question for a MAC. */
function introduce({ outer, inner, client, server }: Nested): void {
  for (
    const [own, other] of [[outer.client, outer.server], [outer.server, outer.client]] as const
  ) {
    own.at.neighbour("eth0", other.four, other.mac);
  }
  client.at.neighbour(inner, server.four, server.mac);
  server.at.neighbour(inner, client.four, client.mac);
}

export const nests: AnySpec[] = [
  fault({
    id: "nested-well",
    code: "delivered",
    world: nested,
    fault: {},
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [ping(w), ping6(w), tcp(w, 8080, { size: 30_000 })],
    verdicts: () => [
      delivered(),
      delivered({ reply: true }),
      delivered({ talk: 1 }),
      delivered({ talk: 2 }),
      delivered({ talk: 2, reply: true }),
    ],
    alone: true,
  }),
  fault({
    id: "nested-inner-blocked",
    code: "tunnel-blocked",
    world: nested,
    setUp: introduce,
    fault: {
      lay: (w) =>
        w.server.at.nft(
          "table inet f { chain c { type filter hook input priority 0; udp dport 4790 drop; }; }",
        ),
    },
    near: {
      what: "the inner tunnel's port is blocked on the node, where it is only carried",
      lay: (w) =>
        w.outer.b.at.nft(
          "table inet f { chain c { type filter hook input priority 0; udp dport 4790 drop; }; }",
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: () => [dropped(["b", "eth0"], "tunnel-blocked")],
    // Where the tunnel's port was not known in time, its packets are a flow that the rule dropped.
    ignore: () => [":4790"],
  }),
  fault({
    id: "nested-outer-blocked",
    code: "tunnel-blocked",
    world: nested,
    fault: {
      lay: (w) =>
        w.outer.b.at.nft(
          `table inet f { chain c { type filter hook input priority 0; udp dport ${w.outer.port} drop; }; }`,
        ),
    },
    setUp: introduce,
    talks: (w) => [ping(w)],
    // A third header is not read: it shares what became of the packet that carried it.
    verdicts: (w) => [dropped(["b", w.outer.b.uplink], "tunnel-blocked")],
    alone: true,
  }),
  fault({
    id: "nested-inner-vni",
    code: "tunnel-id-mismatch",
    world: nested,
    fault: {
      lay: (w) =>
        w.server.at.ip(
          `link del ${w.inner}`,
          `link add ${w.inner} type vxlan id ${
            w.id + 1
          } dstport 4790 local ${w.outer.server.four} ` +
            `remote ${w.outer.client.four}`,
          `link set ${w.inner} up`,
        ),
    },
    setUp: introduce,
    talks: (w) => [ping(w)],
    verdicts: () => [dropped(["b", "eth0"], "tunnel-id-mismatch")],
    alone: true,
  }),
];
