/** What bridges, tc, XDP, queues and IPsec policies do to packets. */
import type { CauseCode } from "../../../src/event/codes.ts";
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { keepOpen } from "../bench/keep_open.ts";
import { attachXdp, tcBytecode, XDP } from "../kernel/bpf.ts";
import { type Bridged, pods } from "../worlds/bridged.ts";
import { macvlan } from "../worlds/others.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const ipv4 = 0x0800;

/** Both know each other, so that no ARP has to pass first. */
function introduce(w: Bridged): void {
  w.client.at.neighbour(w.client.device, w.server.four, w.server.mac);
  w.server.at.neighbour(w.server.device, w.client.four, w.client.mac);
  w.host.bridgeTool(
    `fdb replace ${w.server.mac} dev ${w.serverPort} master static sticky`,
    `fdb replace ${w.client.mac} dev ${w.clientPort} master static sticky`,
  );
}

/** With the spanning tree protocol a port that came up listens and learns before it forwards. */
function listening(w: Bridged, port: string): void {
  w.host.ip(
    `link set ${w.bridge} type bridge stp_state 1 forward_delay 3000`,
    `link set ${port} down`,
    `link set ${port} up`,
  );
}

function onBridge(
  id: string,
  code: CauseCode,
  lay: (w: Bridged) => unknown,
  near: { what: string; lay(w: Bridged): unknown },
) {
  return fault({
    id,
    code,
    world: pods,
    setUp: introduce,
    // A port's state is set anew when it comes up.
    deadLinks: true,
    fault: { lay: (w) => void lay(w) },
    near: { what: near.what, lay: (w) => void near.lay(w) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["node", w.clientPort], code, {
        at: [["node", w.clientPort], ["node", w.serverPort]],
      }),
    ],
  });
}

export const bridges: AnySpec[] = [
  onBridge(
    "bridge-port-blocking",
    "bridge-port-blocked",
    (w) => listening(w, w.serverPort),
    {
      what: "learning is off on the port",
      lay: (w) => w.host.bridgeTool(`link set dev ${w.serverPort} learning off`),
    },
  ),
  onBridge(
    "bridge-port-blocking-ingress",
    "bridge-port-blocked",
    (w) => listening(w, w.clientPort),
    {
      what: "the port's cost is high",
      lay: (w) => w.host.bridgeTool(`link set dev ${w.clientPort} cost 5000`),
    },
  ),
  onBridge(
    "bridge-port-disabled",
    "bridge-port-blocked",
    (w) => w.host.bridgeTool(`link set dev ${w.serverPort} state 0`),
    {
      what: "flooding is off on a port whose MAC is known",
      lay: (w) => w.host.bridgeTool(`link set dev ${w.serverPort} flood off`),
    },
  ),
  onBridge(
    "bridge-isolated",
    "bridge-port-isolated",
    (w) =>
      w.host.bridgeTool(
        `link set dev ${w.clientPort} isolated on`,
        `link set dev ${w.serverPort} isolated on`,
      ),
    {
      what: "only one of the ports is isolated",
      lay: (w) => w.host.bridgeTool(`link set dev ${w.clientPort} isolated on`),
    },
  ),
  onBridge(
    "bridge-hairpin-fdb",
    "bridge-hairpin-disabled",
    (w) =>
      w.host.bridgeTool(`fdb replace ${w.server.mac} dev ${w.clientPort} master static sticky`),
    {
      what: "hairpin is off and not needed",
      lay: (w) => w.host.bridgeTool(`link set dev ${w.clientPort} hairpin off`),
    },
  ),
  fault({
    id: "bridge-hairpin-vepa",
    code: "bridge-hairpin-disabled",
    world: macvlan("vepa", { probed: true }),
    fault: {
      lay: (w) => {
        w.client.at.neighbour("mv0", w.server.four, w.server.mac);
        w.switch.bridgeTool(`fdb replace ${w.server.mac} dev ${w.port} master static sticky`);
      },
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["switch", w.port], "bridge-hairpin-disabled")],
    alone: true,
  }),
  fault({
    id: "macvlan-vepa-well",
    code: "delivered",
    world: macvlan("vepa", { probed: true }),
    fault: { lay: (w) => w.switch.bridgeTool(`link set dev ${w.port} hairpin on`) },
    talks: (w) => [ping(w), ping6(w)],
    verdicts: () => [delivered(), delivered({ reply: true }), delivered({ talk: 1 })],
    alone: true,
  }),
  fault({
    id: "macvlan-bridge-well",
    code: "delivered",
    world: macvlan("bridge", { probed: false }),
    fault: {},
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [ping(w), tcp(w, 8080, { size: 50_000 })],
    verdicts: () => [
      delivered(),
      delivered({ reply: true }),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
    alone: true,
  }),
  fault({
    id: "macvlan-no-listener",
    code: "no-listener",
    world: macvlan("bridge", { probed: false }),
    fault: {},
    talks: (w) => [tcp(w, 8081)],
    verdicts: (w) => [dropped(["node", w.server.device], "no-listener", { remedy: false })],
    alone: true,
  }),
];

const classifier = (w: Routed, device: string, hook: string, type: number) =>
  w.router.tc(
    `qdisc add dev ${device} clsact`,
    `filter add dev ${device} ${hook} protocol all bpf bytecode "${tcBytecode(type)}" da`,
  );

export const traffic: AnySpec[] = [
  ...(["ingress", "egress"] as const).map((hook) =>
    fault({
      id: `tc-${hook}`,
      code: "traffic-control-drop",
      world: routed({ pods: hook === "ingress" }),
      fault: {
        lay: (w) => void classifier(w, hook === "ingress" ? w.left : w.right, hook, ipv4),
      },
      near: {
        what: "a program that drops another EtherType",
        lay: (w) => void classifier(w, w.left, hook, 0x88cc),
      },
      servers: (w) => [server(w, "tcp", 8080)],
      talks: (w) => [tcp(w, 8080)],
      verdicts: (w) => [
        dropped(
          [w.routerNode, hook === "ingress" ? w.left : w.right],
          "traffic-control-drop",
        ),
      ],
    })
  ),
  fault({
    id: "tc-egress-replies",
    code: "traffic-control-drop",
    world: routed(),
    fault: { lay: (w) => void classifier(w, w.left, "egress", ipv4) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped([w.routerNode, w.left], "traffic-control-drop", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  ...(["drop", "aborted"] as const).map((answer) =>
    fault({
      id: `xdp-${answer}`,
      code: "xdp-drop",
      world: routed(),
      fault: { act: (w) => withXdp(w, XDP[answer]) },
      near: { what: "an XDP program that lets all pass", act: (w) => withXdp(w, XDP.pass) },
      setUp: (w) => void w.router.neighbour(w.right, w.server.four, w.server.mac),
      talks: (w) => [ping(w)],
      verdicts: (w) => [
        dropped([w.server.node, w.server.device], "xdp-drop", {
          outcomes: ["dropped", "vanished"],
          stages: undefined,
          at: [[w.server.node, w.server.device], [w.routerNode, w.right]],
        }),
      ],
    })
  ),
  ...(["tbf rate 8kbit burst 1600 limit 1600", "pfifo limit 1"] as const).slice(0, 1).map((words) =>
    fault({
      id: `queue-${words.split(" ")[0]}`,
      code: "queue-overflow",
      world: routed(),
      fault: { lay: (w) => w.router.tc(`qdisc add dev ${w.right} root ${words}`) },
      near: {
        what: "the same queue, large enough",
        lay: (w) => w.router.tc(`qdisc add dev ${w.right} root tbf rate 1gbit burst 1mb limit 1mb`),
      },
      servers: (w) => [server(w, "udp", 9000, { does: "sink" })],
      talks: (w) => [udp(w, 9000, { count: 30, size: 1_000, oneWay: true })],
      verdicts: (w) => [dropped([w.routerNode, w.right], "queue-overflow", { remedy: false })],
      happened: async (w) => {
        const { stdout } = await w.router.run(["tc", "-s", "qdisc", "show", "dev", w.right]);
        return /dropped [1-9]/.test(stdout);
      },
      well: () => true,
    })
  ),
  ...(["in", "fwd"] as const).map((direction) =>
    fault({
      id: `ipsec-block-${direction}`,
      code: "ipsec-policy",
      world: routed(),
      fault: {
        lay: (w) =>
          (direction === "in" ? w.server.at : w.router).ip(
            `xfrm policy add dst ${w.server.four}/32 dir ${direction} action block`,
          ),
      },
      near: {
        what: "the policy is about another address",
        lay: (w) =>
          (direction === "in" ? w.server.at : w.router).ip(
            `xfrm policy add dst 198.51.100.1/32 dir ${direction} action block`,
          ),
      },
      talks: (w) => [ping(w)],
      verdicts: (w) => [
        dropped(
          direction === "in" ? [w.server.node, w.server.device] : [w.routerNode, w.left],
          "ipsec-policy",
        ),
      ],
    })
  ),
  fault({
    id: "ipsec-unprotected",
    code: "ipsec-policy",
    world: routed(),
    fault: {
      lay: (w) =>
        w.server.at.ip(
          `xfrm policy add src ${w.client.four}/32 dst ${w.server.four}/32 dir in ` +
            `tmpl src ${w.client.four} dst ${w.server.four} proto esp mode transport`,
        ),
    },
    near: {
      what: "an optional template",
      lay: (w) =>
        w.server.at.ip(
          `xfrm policy add src ${w.client.four}/32 dst ${w.server.four}/32 dir in tmpl ` +
            `src ${w.client.four} dst ${w.server.four} proto esp mode transport level use`,
        ),
    },
    servers: (w) => [server(w, "udp", 5000)],
    talks: (w) => [udp(w, 5000)],
    verdicts: (w) => [dropped([w.server.node, w.server.device], "ipsec-policy")],
  }),
];

const withXdp = (w: Routed, answer: number) => {
  keepOpen(w.topology, attachXdp(w.server.at.name, w.server.device, answer));
};

const forged = (w: Routed) => ({
  sourceMac: w.client.mac,
  destinationMac: w.leftMac,
  source: w.client.four,
  sourcePort: 4_321,
});

export const forgeries: AnySpec[] = [
  ...(["udp", "tcp"] as const).map((kind) =>
    fault({
      id: `checksum-${kind}`,
      code: "checksum-invalid",
      world: routed(),
      fault: {},
      servers: (w) => [server(w, kind, 6_000, { does: "sink" })],
      talks: (w) => [{
        kind,
        from: w.client.at,
        to: w.server.four,
        port: 6_000,
        device: w.client.device,
        frame: { ...forged(w), broken: "payload" },
      }],
      verdicts: (w) => [
        dropped([w.server.node, w.server.device], "checksum-invalid", { remedy: false }),
      ],
      alone: true,
    })
  ),
  fault({
    id: "checksum-ip",
    code: "checksum-invalid",
    world: routed(),
    fault: {},
    talks: (w) => [{
      kind: "udp",
      from: w.client.at,
      to: w.server.four,
      port: 6_001,
      device: w.client.device,
      frame: { ...forged(w), broken: "ip" },
    }],
    verdicts: (w) => [dropped([w.routerNode, w.left], "checksum-invalid", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "identical-packets",
    code: "checksum-invalid",
    world: routed(),
    fault: {},
    talks: (w) => [{
      kind: "udp",
      from: w.client.at,
      to: w.server.four,
      port: 6_004,
      count: 3,
      device: w.client.device,
      frame: { ...forged(w), broken: "ip", ipId: 0 },
    }],
    verdicts: (w) => [dropped([w.routerNode, w.left], "checksum-invalid", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "martian-loopback-source",
    code: "martian-address",
    world: routed(),
    fault: {},
    talks: (w) => [{
      kind: "udp",
      from: w.client.at,
      to: w.server.four,
      port: 6_002,
      device: w.client.device,
      frame: { ...forged(w), source: "127.0.0.9" },
    }],
    verdicts: (w) => [dropped([w.routerNode, w.left], "martian-address", { remedy: false })],
    alone: true,
  }),
  fault({
    id: "ct-invalid-segment",
    code: "conntrack-invalid",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.nft(
          "table inet fw { chain c { type filter hook forward priority 0; ct state invalid drop; }; }",
        ),
    },
    talks: (w) => [{
      kind: "tcp",
      from: w.client.at,
      to: w.server.four,
      port: 6_003,
      device: w.client.device,
      frame: { ...forged(w), flags: 0x12 },
    }],
    verdicts: (w) => [dropped([w.routerNode, w.left], "conntrack-invalid", { remedy: false })],
    alone: true,
  }),
];
