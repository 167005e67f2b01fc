/** What tc, XDP, queues and IPsec policies do to packets. */
import { keepOpen } from "../bench/keep_open.ts";
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { attachXdp, tcBytecode, XDP } from "../kernel/bpf.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { ping, server, tcp, udp } from "./talks.ts";

const ipv4 = 0x0800;

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
