/** Rules that drop or reject: by hook, family, set, policy and chain, of nft and of iptables. */
import type { CauseCode } from "../../../src/event/codes.ts";
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { pods } from "../worlds/bridged.ts";
import { routed } from "../worlds/routed.ts";
import type { World } from "../worlds/world.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const drop = "netfilter-drop" as const;
const reject = "netfilter-reject" as const;
const port = 8443;

const table = (hook: string, rules: string, family = "inet", more = "") =>
  `table ${family} fw { ${more} chain c { type filter hook ${hook} priority 0; ${rules}; }; }`;

/** In the router's forward hook, against the request. */
function forward(id: string, rules: (w: World) => string, near: string, what: string, more = "") {
  return fault({
    id: `nft-${id}`,
    code: drop,
    world: routed(),
    fault: { lay: (w) => w.router.nft(table("forward", rules(w), "inet", more)) },
    near: { what, lay: (w) => w.router.nft(table("forward", near, "inet", more)) },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    // Which of several rules it was can be open; then no rule can be mended.
    verdicts: (w) => [dropped([w.routerNode, w.left], drop, { remedy: !id.endsWith("limit") })],
  });
}

/** In a hook of the server or the client itself. */
function local(
  id: string,
  who: "server" | "client",
  hook: string,
  codes: CauseCode | CauseCode[],
  rule: string,
) {
  return fault({
    id: `nft-${id}`,
    code: Array.isArray(codes) ? codes[0]! : codes,
    world: routed(),
    fault: { lay: (w) => w[who].at.nft(table(hook, rule)) },
    near: {
      what: "the rule for another port, which is logged",
      lay: (w) =>
        w[who].at.nft(
          table(hook, `tcp dport ${port} log prefix "seen " counter; tcp dport 1 drop`),
        ),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [
      dropped([w[who].node, w[who].device], codes, {
        // What its own stack drops is on no device yet, or on the one it was to leave by.
        at: [
          [w[who].node, w[who].device],
          ...(who === "client" ? [[w.client.node, ""]] as const : []),
        ],
      }),
    ],
  });
}

export const nft: AnySpec[] = [
  forward("forward", () => `tcp dport ${port} drop`, `tcp dport ${port + 1} drop`, "another port"),
  forward(
    "forward-set",
    (w) => `ip daddr { ${w.server.four}, 198.51.100.1 } counter drop`,
    "ip daddr { 198.51.100.1, 198.51.100.2 } counter drop",
    "a set of other addresses",
  ),
  forward(
    "forward-named-set",
    (w) => `ip saddr ${w.client.four} tcp dport @ports drop`,
    "tcp dport @ports ip saddr 198.51.100.3 drop",
    "the set, for another source",
    `set ports { type inet_service; elements = { 22, ${port} }; };`,
  ),
  forward(
    "forward-policy",
    () => `policy drop; tcp dport 22 accept`,
    `policy drop; tcp dport ${port} accept; ct state established,related accept`,
    "policy drop with an exception for it",
  ),
  forward(
    "forward-jump",
    () => `ct state established accept; jump deep`,
    `ct state new,established accept; jump deep`,
    "accepted before the jump",
    `chain deep { meta l4proto tcp jump deeper; }; chain deeper { tcp dport 1-9000 drop; };`,
  ),
  forward(
    "forward-vmap",
    () => `tcp dport vmap { 22 : accept, ${port} : drop }`,
    `tcp dport vmap { 22 : drop, ${port} : accept }`,
    "the map lets it pass",
  ),
  forward(
    "forward-limit",
    () => `tcp dport ${port} limit rate over 1/hour burst 1 packets drop; tcp dport ${port} drop`,
    `tcp dport ${port} limit rate over 1000/second drop`,
    "a limit that it does not reach",
  ),
  forward(
    "forward-mark",
    () => `tcp dport ${port} meta mark set 0x5; meta mark 0x5 drop`,
    `meta mark 0x5 drop`,
    "a mark that nobody sets",
  ),
  local("input", "server", "input", drop, `tcp dport ${port} drop`),
  local("prerouting", "server", "prerouting", drop, `tcp dport ${port} drop`),
  local("output", "client", "output", drop, `tcp dport ${port} drop`),
  local("postrouting", "client", "postrouting", drop, `tcp dport ${port} drop`),
  local("input-reject", "server", "input", reject, `tcp dport ${port} reject`),
  local(
    "input-reset",
    "server",
    "input",
    reject,
    `tcp dport ${port} reject with tcp reset`,
  ),
  fault({
    id: "nft-forward-reject",
    code: reject,
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.nft(table("forward", `udp dport ${port} reject with icmpx admin-prohibited`)),
    },
    near: {
      what: "reject for another port",
      lay: (w) => w.router.nft(table("forward", "udp dport 1 reject")),
    },
    servers: (w) => [server(w, "udp", port)],
    talks: (w) => [udp(w, port)],
    verdicts: (w) => [dropped([w.routerNode, w.left], reject)],
  }),
  fault({
    id: "nft-forward-icmp6",
    code: drop,
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.nft(table("forward", "icmpv6 type echo-request drop")) },
    near: {
      what: "IPv4 echo requests only",
      lay: (w) => w.router.nft(table("forward", "icmp type echo-request drop")),
    },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped(["node", w.left], drop)],
  }),
  fault({
    id: "nft-forward-replies",
    code: drop,
    world: routed(),
    fault: { lay: (w) => w.router.nft(table("forward", `tcp sport ${port} drop`)) },
    near: {
      what: "replies from another port",
      lay: (w) => w.router.nft(table("forward", `tcp sport ${port - 1} drop`)),
    },
    servers: (w) => [server(w, "tcp", port)],
    talks: (w) => [tcp(w, port)],
    verdicts: (w) => [delivered(), dropped([w.routerNode, w.right], drop, { reply: true })],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
  fault({
    id: "nft-bridge",
    code: drop,
    world: pods,
    fault: { lay: (w) => w.host.nft(table("forward", `ip protocol icmp drop`, "bridge")) },
    near: {
      what: "in the bridge family, for another protocol",
      lay: (w) => w.host.nft(table("forward", `ip protocol 132 drop`, "bridge")),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["node", w.clientPort], drop, {
        at: [["node", w.clientPort], ["node", w.serverPort]],
      }),
    ],
  }),
  fault({
    id: "nft-bridge-input",
    code: drop,
    world: pods,
    fault: {
      lay: (w) => w.host.nft(table("prerouting", `ip daddr ${w.server.four} drop`, "bridge")),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["node", w.clientPort], drop)],
    alone: true,
  }),
  ...([["DROP", drop], ["REJECT", reject]] as const).map(([target, code]) =>
    fault({
      id: `bridge-nf-iptables-${target.toLowerCase()}`,
      code,
      world: pods,
      setUp: (w) => void w.host.sysctl({ "net.bridge.bridge-nf-call-iptables": 1 }),
      fault: {
        lay: (w) => w.host.iptables("filter", `-A FORWARD -p tcp --dport ${port} -j ${target}`),
      },
      near: {
        what: "policy DROP for IPv6, which it is not",
        lay: (w) => w.host.ip6tables("filter", ":FORWARD DROP [0:0]"),
      },
      servers: (w) => [server(w, "tcp", port)],
      talks: (w) => [tcp(w, port)],
      verdicts: (w) => [
        dropped(["node", w.clientPort], code, {
          at: [["node", w.clientPort], ["node", w.serverPort]],
        }),
      ],
    })
  ),
  ...["ingress", "egress"].map((hook) =>
    fault({
      id: `nft-netdev-${hook}`,
      code: drop,
      world: routed(),
      fault: {
        lay: (w) =>
          w.router.nft(
            `table netdev fw { chain c { type filter hook ${hook} device "${
              hook === "ingress" ? w.left : w.right
            }" priority 0; ip daddr ${w.server.four} drop; }; }`,
          ),
      },
      near: {
        what: "netdev table on the device, for another address",
        lay: (w) =>
          w.router.nft(
            `table netdev fw { chain c { type filter hook ${hook} device "${w.left}" priority 0; ` +
              "ip daddr 198.51.100.5 drop; }; }",
          ),
      },
      talks: (w) => [ping(w)],
      verdicts: (w) => [dropped([w.routerNode, hook === "ingress" ? w.left : w.right], drop)],
    })
  ),
];
