/** Five nodes, several faults at once, and one that goes away. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { type Chain, chain } from "../worlds/chain.ts";
import { overlay } from "../worlds/overlay.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const port = 7_700;

const filter = (rule: string) =>
  `table inet fw { chain c { type filter hook forward priority 0; ${rule}; }; }`;

const last = (w: Chain) => w.routers[2];

export const chains: AnySpec[] = [
  fault({
    id: "chain-last-router",
    code: "netfilter-drop",
    world: chain,
    fault: { lay: (w) => last(w).nft(filter(`tcp dport ${port} drop`)) },
    near: {
      what: "each router drops another port",
      lay: (w) => {
        w.routers.forEach((router, i) => router.nft(filter(`tcp dport ${port + 1 + i} drop`)));
      },
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port), ping6(w)],
    verdicts: (w) => [
      dropped(["r3", w.left], "netfilter-drop"),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
  }),
  fault({
    id: "chain-forwarding-off-for-replies",
    code: "ip-forwarding-disabled",
    world: chain,
    fault: {
      lay: (w) => w.routers[1].sysctl({ [`net/ipv4/conf/${w.right}/forwarding`]: 0 }),
    },
    near: {
      what: "off for the loopback device of every router",
      lay: (w) => {
        for (const router of w.routers) router.sysctl({ "net/ipv4/conf/lo/forwarding": 0 });
      },
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [
      delivered(),
      dropped(["r2", w.right], "ip-forwarding-disabled", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "chain-two-faults",
    code: "mtu-exceeded",
    world: chain,
    fault: {
      lay: (w) => {
        w.routers[0].ip(`link set ${w.right} mtu 1300`);
        w.routers[2].nft(filter("icmpv6 type echo-reply drop"));
      },
    },
    talks: (w) => [ping(w, { size: 1_350, options: ["-M", "do"] }), ping6(w, { size: 100 })],
    verdicts: (w) => [
      dropped(["r1", w.left], "mtu-exceeded", { at: [["r1", w.left], ["r1", w.right]] }),
      delivered({ talk: 1 }),
      dropped(["r3", w.right], "netfilter-drop", { talk: 1, reply: true }),
    ],
    happened: (_, sent) => sent.every(({ answered }) => answered === 0),
    alone: true,
  }),
  fault({
    id: "tunnel-two-faults",
    code: "tunnel-no-endpoint",
    world: overlay(),
    // The tunnel's entry is gone in one direction, a port is filtered in the other's pod.
    fault: {
      lay: (w) => {
        w.b.at.bridgeTool(`fdb del ${w.a.vtepMac} dev ${w.vx} dst ${w.a.underlay} self`);
        w.server.at.nft(
          `table inet fw { chain c { type filter hook input priority 0; udp dport ${port} drop; }; }`,
        );
      },
    },
    servers: (w) => [server(w, "udp", port), server(w, "tcp", port)],
    talks: (w) => [udp(w, port), ping(w)],
    verdicts: (w) => [
      dropped(["b", "eth0"], "netfilter-drop"),
      delivered({ talk: 1 }),
      dropped(["b", w.vx], "tunnel-no-endpoint", { talk: 1, reply: true }),
    ],
    happened: (_, sent) => sent.every(({ answered }) => answered === 0),
    alone: true,
  }),
  fault({
    id: "goes-while-traced",
    code: "destination-mac-mismatch",
    world: chain,
    fault: {
      lay: (w) => last(w).neighbour(w.right, w.server.four, "0a:de:ad:00:00:09"),
      during: async (w) => {
        const { four, mac } = w.server;
        await last(w).run(
          ["ip", "neigh", "replace", four, "lladdr", mac, "dev", w.right, "nud", "permanent"],
        );
      },
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [
      dropped(["server", w.server.device], "destination-mac-mismatch"),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
    happened: (_, [before, after]) => before!.answered === 0 && after!.answered === 2,
    alone: true,
  }),
];
