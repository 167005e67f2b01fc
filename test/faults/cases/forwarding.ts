/** Forwarding switched off, in every way it can be. */
import { type AnySpec, dropped, fault } from "../bench/spec.ts";
import { routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp } from "./talks.ts";

const code = "ip-forwarding-disabled" as const;

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
];
