/** Queues without room, traffic sent the wrong way by tc, and packets handed to a program that is not there. */
import { type AnySpec, dropped, fault, type Verdict } from "../bench/spec.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { server, tcp, udp } from "./talks.ts";

const port = 9100;

const burst = (w: Routed) => udp(w, port, { count: 30, size: 1_000, oneWay: true });

/** What the router's qdiscs counted, whatever their place in the tree. */
async function queueDropped(w: Routed): Promise<boolean> {
  const { stdout } = await w.router.run(["tc", "-s", "qdisc", "show", "dev", w.right]);
  return /dropped [1-9]/.test(stdout);
}

const narrow = ["htb rate 8kbit burst 1600 cburst 1600", "pfifo limit 1"] as const;
const wide = ["htb rate 1gbit", "pfifo limit 1000"] as const;

/** One class for what a filter sends there, or for all. */
function classes(w: Routed, [rate, leaf]: readonly [string, string], match?: string): void {
  const dev = `dev ${w.right}`;
  w.router.tc(
    `qdisc add ${dev} root handle 1: htb${match ? "" : " default 10"}`,
    `class add ${dev} parent 1: classid 1:10 ${rate}`,
    `qdisc add ${dev} parent 1:10 handle 10: ${leaf}`,
    ...(match ? [`filter add ${dev} parent 1: protocol ip u32 match ${match} flowid 1:10`] : []),
  );
}

function queue(
  id: string,
  lay: (w: Routed) => void,
  near: { what: string; lay(w: Routed): void },
) {
  return fault({
    id: `queue-${id}`,
    code: "queue-overflow",
    world: routed(),
    fault: { lay },
    near,
    servers: (w) => [server(w, "udp", port, { does: "sink" })],
    talks: (w) => [burst(w)],
    verdicts: (w) => [dropped([w.routerNode, w.right], "queue-overflow", { remedy: false })],
    happened: queueDropped,
    well: async (w) => !await queueDropped(w),
  });
}

export const queues: AnySpec[] = [
  queue("class", (w) => classes(w, narrow), {
    what: "the same class, wide enough",
    lay: (w) => classes(w, wide),
  }),
  queue("class-by-u32", (w) => classes(w, narrow, `ip dport ${port} 0xffff`), {
    what: "the narrow class is for another port",
    lay: (w) => classes(w, narrow, `ip dport ${port + 1} 0xffff`),
  }),
  queue("bfifo", (w) => {
    classes(w, [narrow[0], "bfifo limit 1500"]);
  }, {
    what: "room for all of it",
    lay: (w) => classes(w, [wide[0], "bfifo limit 1000000"]),
  }),
  fault({
    id: "queue-blackhole",
    code: "traffic-control-drop",
    world: routed(),
    setUp: (w) => void w.router.neighbour(w.right, w.server.four, w.server.mac),
    fault: { lay: (w) => w.router.tc(`qdisc add dev ${w.right} root blackhole`) },
    near: {
      what: "a queue that passes all",
      lay: (w) => w.router.tc(`qdisc add dev ${w.right} root pfifo limit 1000`),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped([w.routerNode, w.right], "traffic-control-drop")],
  }),
  fault({
    id: "tc-redirect-to-dead-device",
    code: "traffic-control-drop",
    world: routed(),
    setUp: (w) => void w.router.ip("link add aside type ifb"),
    deadLinks: true,
    fault: { lay: (w) => redirect(w, "aside", `ip dport ${port} 0xffff`) },
    near: {
      what: "the redirection of another port",
      lay: (w) => redirect(w, "aside", `ip dport ${port + 1} 0xffff`),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w): Verdict[] => [{
      outcomes: ["dropped", "vanished", "unknown"],
      at: [[w.routerNode, w.left], [w.routerNode, "aside"]],
      codes: ["traffic-control-drop", "link-down"],
      remedy: false,
    }],
  }),
  fault({
    id: "nfqueue-nobody",
    code: "netfilter-drop",
    world: routed(),
    fault: {
      lay: (w) => w.router.iptables("filter", `-A FORWARD -p tcp --dport ${port} -j NFQUEUE`),
    },
    near: {
      what: "it is let pass where nobody reads the queue",
      lay: (w) =>
        w.router.iptables(
          "filter",
          `-A FORWARD -p tcp --dport ${port} -j NFQUEUE --queue-num 3 --queue-bypass`,
        ),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "netfilter-drop")],
  }),
  fault({
    id: "tun-without-program",
    code: "link-down",
    world: routed(),
    deadLinks: true,
    // A VPN's device outlives its program: the route is there, and nobody reads what is sent.
    fault: {
      lay: (w) =>
        w.router.ip(
          "tuntap add dev tun0 mode tun",
          "link set tun0 up",
          `route add ${w.server.four}/32 dev tun0`,
        ),
    },
    near: {
      what: "such a device that no route leads to",
      lay: (w) => w.router.ip("tuntap add dev tun0 mode tun", "link set tun0 up"),
    },
    talks: (w) => [udp(w, port)],
    servers: (w) => [server(w, "udp", port)],
    verdicts: (w) => [dropped([w.routerNode, "tun0"], "link-down", {
      at: [[w.routerNode, "tun0"], [w.routerNode, w.left]],
      remedy: false,
    })],
  }),
];

const redirect = (w: Routed, to: string, match: string) =>
  w.router.tc(
    `qdisc add dev ${w.left} clsact`,
    `filter add dev ${w.left} ingress protocol ip u32 match ${match} ` +
      `action mirred egress redirect dev ${to}`,
  );
