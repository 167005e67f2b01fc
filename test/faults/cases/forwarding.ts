/** Forwarding switched off, in every way it can be. */
import { type AnySpec, dropped, fault } from "../bench/spec.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp } from "./talks.ts";

const code = "ip-forwarding-disabled" as const;

/** A device without IPv6 answers no question for its address. */
const knowGateway = (w: Routed) => w.client.at.neighbour(w.client.device, w.gateway6, w.leftMac);

async function without(w: Routed, device: string): Promise<void> {
  await w.router.run(["sysctl", "-qw", `net/ipv6/conf/${device}/disable_ipv6=1`]);
}

export const forwarding: AnySpec[] = [
  fault({
    id: "forwarding-off",
    code,
    world: routed({ pods: true }),
    fault: { lay: (w) => w.router.sysctl({ "net.ipv4.ip_forward": 0 }) },
    near: {
      what: "forwarding off for IPv6 alone",
      lay: (w) => w.router.sysctl({ "net.ipv6.conf.all.forwarding": 0 }),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["node", w.left], code)],
  }),
  fault({
    id: "forwarding-off-tcp",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.sysctl({ "net.ipv4.ip_forward": 0 }) },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    verdicts: (w) => [dropped([w.routerNode, w.left], code)],
  }),
  fault({
    id: "forwarding-off-device",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.sysctl({ [`net/ipv4/conf/${w.left}/forwarding`]: 0 }) },
    near: {
      what: "off for lo, which forwards nothing",
      lay: (w) => w.router.sysctl({ "net/ipv4/conf/lo/forwarding": 0 }),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], code)],
  }),
  fault({
    id: "forwarding-off-device-of-replies",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.sysctl({ [`net/ipv4/conf/${w.right}/forwarding`]: 0 }) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      { outcomes: ["delivered"], codes: [], remedy: false },
      dropped([w.routerNode, w.right], code, { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "forwarding-off-v6",
    code,
    world: routed(),
    fault: { lay: (w) => w.router.sysctl({ "net.ipv6.conf.all.forwarding": 0 }) },
    near: {
      what: "forwarding off for IPv4 alone",
      lay: (w) => w.router.sysctl({ "net.ipv4.ip_forward": 0 }),
    },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], code)],
  }),
  fault({
    id: "ipv6-off-device",
    code: "ipv6-disabled",
    world: routed(),
    fault: { lay: knowGateway, act: (w) => without(w, w.left) },
    near: { what: "off for lo", lay: knowGateway, act: (w) => without(w, "lo") },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "ipv6-disabled")],
  }),
  fault({
    id: "ipv6-off-by-mtu",
    code: "ipv6-disabled",
    world: routed(),
    fault: {
      lay: knowGateway,
      act: async (w) => void await w.router.run(["ip", "link", "set", w.left, "mtu", "1200"]),
    },
    talks: (w) => [ping6(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "ipv6-disabled", { remedy: false })],
    alone: true,
  }),
];
