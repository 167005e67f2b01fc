/** Tunnels that lead nowhere, to the wrong place, or are not let through. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { type Overlay, overlay } from "../worlds/overlay.ts";
import { ping, server, tcp, udp } from "./talks.ts";

const unreachable = "tunnel-endpoint-unreachable" as const;
const lost = ["dropped", "vanished", "unknown"] as const;

/** The device that encapsulates, or the one that the outer packet would leave by. */
const atSender = (w: Overlay) => [["a", w.vx], ["a", w.a.uplink]] as const;
const atReceiver = (w: Overlay) => [["b", w.b.uplink], ["b", w.vx]] as const;

function misled(id: string, destination: (w: Overlay) => string, lay?: (w: Overlay) => void) {
  return fault({
    id: `tunnel-${id}`,
    code: unreachable,
    world: overlay(),
    fault: {
      lay: (w) => {
        w.a.at.bridgeTool(
          `fdb replace ${w.b.vtepMac} dev ${w.vx} dst ${destination(w)} self permanent`,
        );
        lay?.(w);
      },
    },
    near: {
      what: "such an entry for another VTEP",
      lay: (w) => {
        w.a.at.bridgeTool(
          `fdb replace 0a:11:22:33:44:55 dev ${w.vx} dst ${destination(w)} self permanent`,
        );
      },
    },
    talks: (w) => [ping(w, { waitMs: 3_400 })],
    verdicts: (w) => [
      dropped(["a", w.vx], unreachable, { at: atSender(w), outcomes: lost, stages: undefined }),
    ],
  });
}

/** A's vxlan is made anew with group policy, and rules give what it sends a mark, which it writes. */
const withGroupPolicy = (w: Overlay) => {
  w.a.at.ip(
    `link del ${w.vx}`,
    `link add ${w.vx} address ${w.a.vtepMac} mtu 1450 type vxlan id ${w.vni} ` +
      `dstport ${w.port} local ${w.a.underlay} nolearning gbp`,
    `link set ${w.vx} up`,
    `route replace ${w.b.podNet.cidr} via ${w.b.vtep} dev ${w.vx} onlink`,
  );
  w.a.at.bridgeTool(`fdb append ${w.b.vtepMac} dev ${w.vx} dst ${w.b.underlay} self permanent`);
  w.a.at.neighbour(w.vx, w.b.vtep, w.b.vtepMac);
};

const vni = (mode: "routed" | "learning") =>
  fault({
    id: `tunnel-vni-${mode}`,
    code: "tunnel-id-mismatch",
    world: overlay({ mode }),
    fault: {
      lay: (w) => {
        // The receiver's device is made anew with another id, as after a changed configuration.
        w.b.at.ip(
          `link del ${w.vx}`,
          `link add ${w.vx} address ${w.b.vtepMac} mtu 1450 type vxlan id ${w.vni + 1} ` +
            `dstport ${w.port} local ${w.b.underlay} nolearning`,
          `link set ${w.vx} up`,
        );
        if (mode === "learning") w.b.at.ip(`link set ${w.vx} master ${w.b.bridge}`);
        // Both pods know each other: no ARP needs to pass first.
        w.client.at.neighbour("eth0", w.server.four, w.server.mac);
        w.b.at.ip(`route replace ${w.a.podNet.cidr} via ${w.a.vtep} dev ${w.vx} onlink`);
      },
    },
    near: {
      what: "another tunnel with another id beside it",
      lay: (w) =>
        w.b.at.ip(
          `link add other type vxlan id ${w.vni + 1} dstport ${w.port} local ${w.b.underlay}`,
          "link set other up",
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["b", w.b.uplink], "tunnel-id-mismatch", { at: atReceiver(w) }),
    ],
  });

export const tunnels: AnySpec[] = [
  vni("routed"),
  vni("learning"),
  fault({
    id: "tunnel-vni-external",
    code: "tunnel-id-mismatch",
    world: overlay({ mode: "external" }),
    fault: {
      lay: (w) =>
        w.b.at.ip(
          `link del ${w.vx}`,
          `link add ${w.vx} address ${w.b.vtepMac} mtu 1450 type vxlan id ${w.vni ^ 5} ` +
            `dstport ${w.port} local ${w.b.underlay} nolearning`,
          `link set ${w.vx} up`,
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["b", w.b.uplink], "tunnel-id-mismatch", { at: atReceiver(w) }),
    ],
    alone: true,
  }),
  fault({
    id: "tunnel-group-policy",
    code: "tunnel-options-mismatch",
    world: overlay(),
    fault: {
      lay: (w) => {
        withGroupPolicy(w);
        w.a.at.iptables("mangle", "-A PREROUTING -j MARK --set-mark 5");
      },
    },
    near: { what: "packets without a mark, of which it writes nothing", lay: withGroupPolicy },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["b", w.b.uplink], "tunnel-options-mismatch", { at: atReceiver(w) }),
    ],
  }),
  misled("no-route", () => "198.51.100.20"),
  misled("nobody", (w) => w.nobody),
  misled(
    "blackhole",
    () => "198.51.100.21",
    (w) => w.a.at.ip("route add blackhole 198.51.100.0/24"),
  ),
  fault({
    id: "tunnel-nobody-v6",
    code: unreachable,
    world: overlay({ mode: "bridged", six: true }),
    setUp: (w) => void w.client.at.neighbour("eth0", w.server.four, w.server.mac),
    fault: {
      lay: (w) =>
        w.a.at.bridgeTool(
          `fdb del 00:00:00:00:00:00 dev ${w.vx} dst ${w.b.underlay}`,
          `fdb replace ${w.server.mac} dev ${w.vx} dst ${w.nobody} self static`,
        ),
    },
    talks: (w) => [ping(w, { waitMs: 3_400 })],
    verdicts: (w) => [
      dropped(["a", w.vx], unreachable, { at: atSender(w), outcomes: lost, stages: undefined }),
    ],
  }),
  fault({
    id: "tunnel-lost-in-underlay",
    code: "lost-between-nodes",
    world: overlay(),
    fault: {
      lay: (w) =>
        w.switch.nft(
          `table bridge f { chain c { type filter hook forward priority 0; udp dport ${w.port} drop; }; }`,
        ),
    },
    near: {
      what: "the underlay drops other UDP",
      lay: (w) =>
        w.switch.nft(
          "table bridge f { chain c { type filter hook forward priority 0; udp dport 53 drop; }; }",
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [{
      outcomes: ["vanished"],
      at: [["a", w.a.uplink]],
      codes: ["lost-between-nodes", unreachable],
      remedy: false,
    }],
  }),
  fault({
    id: "tunnel-wrong-node",
    code: "tunnel-endpoint-wrong",
    world: overlay({ third: true }),
    fault: {
      lay: (w) =>
        w.a.at.bridgeTool(
          `fdb replace ${w.b.vtepMac} dev ${w.vx} dst ${w.c!.underlay} self permanent`,
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [{
      outcomes: ["dropped"],
      at: [["c", w.vx], ["c", w.c!.uplink]],
      codes: ["tunnel-endpoint-wrong"],
      remedy: true,
    }],
  }),
  fault({
    id: "tunnel-no-entry",
    code: "tunnel-no-endpoint",
    world: overlay(),
    fault: {
      lay: (w) => w.a.at.bridgeTool(`fdb del ${w.b.vtepMac} dev ${w.vx} dst ${w.b.underlay} self`),
    },
    servers: (w) => [server(w, "udp", 53)],
    talks: (w) => [udp(w, 53)],
    verdicts: (w) => [dropped(["a", w.vx], "tunnel-no-endpoint")],
  }),
  fault({
    id: "tunnel-no-entry-for-replies",
    code: "tunnel-no-endpoint",
    world: overlay(),
    fault: {
      lay: (w) => w.b.at.bridgeTool(`fdb del ${w.a.vtepMac} dev ${w.vx} dst ${w.a.underlay} self`),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped(["b", w.vx], "tunnel-no-endpoint", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
  fault({
    id: "tunnel-forwarding-off-beyond",
    code: "ip-forwarding-disabled",
    world: overlay(),
    fault: { lay: (w) => w.b.at.sysctl({ "net.ipv4.ip_forward": 0 }) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["b", w.vx], "ip-forwarding-disabled")],
    alone: true,
  }),
  fault({
    id: "tunnel-inner-mac",
    code: "destination-mac-mismatch",
    world: overlay(),
    fault: {
      lay: (w) => {
        w.a.at.neighbour(w.vx, w.b.vtep, "0a:66:66:66:66:66");
        w.a.at.bridgeTool(
          `fdb add 0a:66:66:66:66:66 dev ${w.vx} dst ${w.b.underlay} self permanent`,
        );
      },
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["b", w.vx], "destination-mac-mismatch")],
    alone: true,
  }),
  fault({
    id: "tunnel-external-nobody",
    code: unreachable,
    world: overlay({ mode: "external" }),
    fault: {
      lay: (w) =>
        w.a.at.ip(
          `route replace ${w.b.podNet.cidr} encap ip id ${w.vni} dst ${w.nobody} ` +
            `via ${w.b.vtep} dev ${w.vx} onlink`,
        ),
    },
    talks: (w) => [ping(w, { waitMs: 3_400 })],
    verdicts: (w) => [
      dropped(["a", w.vx], unreachable, { at: atSender(w), outcomes: lost, stages: undefined }),
    ],
  }),
  fault({
    id: "tunnel-bridged-no-entry",
    code: "tunnel-no-endpoint",
    world: overlay({ mode: "bridged" }),
    setUp: (w) => void w.client.at.neighbour("eth0", w.server.four, w.server.mac),
    fault: {
      lay: (w) =>
        w.a.at.bridgeTool(
          `fdb del 00:00:00:00:00:00 dev ${w.vx} dst ${w.b.underlay}`,
          `fdb del ${w.server.mac} dev ${w.vx} dst ${w.b.underlay} self`,
        ),
    },
    near: {
      what: "the default entry is gone and not needed",
      lay: (w) => {
        w.b.pod.at.neighbour("eth0", w.client.four, w.client.mac);
        w.a.at.bridgeTool(`fdb del 00:00:00:00:00:00 dev ${w.vx} dst ${w.b.underlay}`);
      },
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["a", w.vx], "tunnel-no-endpoint")],
  }),
  fault({
    id: "tunnel-device-down-sender",
    code: "link-down",
    world: overlay(),
    deadLinks: true,
    fault: { lay: (w) => w.a.at.ip(`link set ${w.vx} down`) },
    talks: (w) => [ping(w)],
    // The route went with the device.
    verdicts: (w) => [
      dropped(["a", w.a.bridge], ["link-down", "no-route"], {
        at: [["a", w.a.bridge], ["a", w.a.port], ["a", w.vx]],
      }),
    ],
    alone: true,
  }),
  fault({
    id: "tunnel-wrong-node-tcp",
    code: "tunnel-endpoint-wrong",
    world: overlay({ third: true, mode: "bridged" }),
    setUp: (w) => void w.client.at.neighbour("eth0", w.server.four, w.server.mac),
    fault: {
      lay: (w) =>
        w.a.at.bridgeTool(
          `fdb del 00:00:00:00:00:00 dev ${w.vx} dst ${w.b.underlay}`,
          `fdb replace ${w.server.mac} dev ${w.vx} dst ${w.c!.underlay} self static`,
        ),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    // It floods node c's bridge and no port is the right one.
    verdicts: (w) => [{
      outcomes: ["dropped", "vanished"],
      at: [["c", w.vx], ["c", w.c!.bridge], ["c", w.c!.port], ["c", "eth0"]],
      codes: ["tunnel-endpoint-wrong"],
      remedy: true,
    }],
    alone: true,
  }),
];
