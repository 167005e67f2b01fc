/** Packets that arrive, and find nobody who takes them. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { keepOpen } from "../bench/keep_open.ts";
import { Socket } from "../kernel/socket.ts";
import { pods, switched } from "../worlds/bridged.ts";
import { routed } from "../worlds/routed.ts";
import type { World } from "../worlds/world.ts";
import { ping, server, tcp, udp } from "./talks.ts";

const port = 7070;
const here = (w: World): readonly [string, string] => [w.server.node, w.server.device];

export const sockets: AnySpec[] = [
  fault({
    id: "no-listener-tcp",
    code: "no-listener",
    world: routed(),
    fault: {},
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped(here(w), "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "no-listener-udp",
    code: "no-listener",
    world: pods,
    fault: {},
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [dropped(here(w), "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "no-listener-v6",
    code: "no-listener",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port, { to: w.server.six }), tcp(w, port)],
    verdicts: (w) => [
      dropped(here(w), "no-listener", { remedy: false }),
      delivered({ talk: 1 }),
    ],
    alone: true,
  }),
  fault({
    id: "no-listener-loopback-only",
    code: "no-listener",
    world: switched(),
    fault: {},
    servers: (w) => [server(w, "tcp", port, { address: "127.0.0.1" })],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped(here(w), "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "no-listener-v6-udp",
    code: "no-listener",
    world: switched(),
    fault: {},
    talks: (w) => [udp(w, port, { to: w.server.six })],
    verdicts: (w) => [dropped(here(w), "no-listener", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "receive-buffer-full",
    code: "receive-buffer-full",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "udp", port, { does: "idle", receiveBuffer: 2_048 })],
    talks: (w) => [udp(w, port, { count: 40, size: 900, oneWay: true })],
    verdicts: (w) => [dropped(here(w), "receive-buffer-full", { remedy: false })],
    happened: (w) => counts(w, "RcvbufErrors"),
    alone: true,
  }),
  fault({
    id: "accept-queue-full",
    code: "accept-queue-full",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "tcp", port, { does: "idle", backlog: 0 })],
    talks: (w) => [tcp(w, port), tcp(w, port), tcp(w, port), tcp(w, port)],
    verdicts: (w) => [dropped(here(w), "accept-queue-full", {
      talk: 3,
      remedy: false,
      // The kernel takes the SYN and forgets it: no drop is told of.
      outcomes: ["dropped", "unanswered"],
      stages: undefined,
    })],
    ignore: () => [`:${port}`],
    inTurn: true,
    restsOnSilence: true,
    happened: (_, sent) => sent[3]!.error === "no handshake",
    alone: true,
  }),
  fault({
    id: "socket-filter",
    code: "socket-filter",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "udp", port, { filterKeeps: 0 })],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [dropped(here(w), "socket-filter", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "unanswered-echo",
    code: "icmp-echo-ignored",
    world: routed(),
    fault: { lay: (w) => w.server.at.sysctl({ "net.ipv4.icmp_echo_ignore_all": 1 }) },
    near: {
      what: "broadcasts are ignored",
      lay: (w) => w.server.at.sysctl({ "net.ipv4.icmp_echo_ignore_broadcasts": 1 }),
    },
    talks: (w) => [ping(w)],
    restsOnSilence: true,
    verdicts: (w) => [{
      outcomes: ["unanswered"],
      at: [here(w)],
      codes: ["icmp-echo-ignored"],
      remedy: true,
    }],
  }),
  fault({
    id: "unanswered-echo-v6",
    code: "icmp-echo-ignored",
    world: routed(),
    fault: { lay: (w) => w.server.at.sysctl({ "net.ipv6.icmp.echo_ignore_all": 1 }) },
    near: {
      what: "groups are ignored",
      lay: (w) => w.server.at.sysctl({ "net.ipv6.icmp.echo_ignore_multicast": 1 }),
    },
    talks: (w) => [ping(w, { to: w.server.six })],
    verdicts: (w) => [dropped(here(w), "icmp-echo-ignored")],
  }),
  fault({
    id: "taps-and-raw-sockets",
    code: "delivered",
    world: switched(),
    fault: {
      act: (w) => {
        const { name } = w.server.at;
        keepOpen(w.topology, Socket.tap(name), Socket.raw(name, 1), Socket.raw(name, 17));
      },
    },
    servers: (w) => [server(w, "udp", port), server(w, "tcp", port)],
    talks: (w) => [ping(w), udp(w, port), tcp(w, port)],
    verdicts: () => [delivered(), delivered({ talk: 1 }), delivered({ talk: 2 })],
    alone: true,
  }),
  fault({
    id: "bulk",
    code: "delivered",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "tcp", port, { answer: 300_000 })],
    talks: (w) => [tcp(w, port, { size: 1_000_000 }), ping(w, { size: 4_000 })],
    verdicts: () => [
      delivered(),
      delivered({ reply: true }),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
    alone: true,
  }),
  fault({
    id: "honest-reset",
    code: "delivered",
    world: routed(),
    fault: {},
    servers: (w) => [server(w, "tcp", port, { does: "reset" })],
    talks: (w) => [tcp(w, port), ping(w)],
    verdicts: () => [delivered(), delivered({ reply: true }), delivered({ talk: 1 })],
    happened: (_, [reset]) => reset!.error === "no answer",
    alone: true,
  }),
  fault({
    id: "retransmission",
    code: "delivered",
    world: routed(),
    // Every fiftieth packet of it is lost, the first SYN among them; TCP mends that.
    fault: {
      lay: (w) =>
        w.router.nft(
          "table inet lossy { chain c { type filter hook forward priority 0; " +
            `tcp dport ${port} numgen inc mod 50 < 1 drop; }; }`,
        ),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port, { timeoutMs: 3_000 })],
    verdicts: () => [delivered(), delivered({ reply: true })],
    happened: async (w, [sent]) =>
      sent!.answered === 1 &&
      /[1-9]/.exec((await w.client.at.run(["nstat", "-asz", "TcpRetransSegs"])).stdout) !== null,
    alone: true,
  }),
];

/** A counter of the server's own kernel that must have moved. */
export async function counts(w: World, name: string): Promise<boolean> {
  const { stdout } = await w.server.at.run(["nstat", "-asz", `*${name}`]);
  return /\s[1-9]\d*\s/.test(stdout);
}
