/** Packets that no honest stack sends. */
import { type AnySpec, dropped, fault } from "../bench/spec.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { server } from "./talks.ts";

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
