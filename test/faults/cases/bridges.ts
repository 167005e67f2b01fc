/** Ports and devices that pass no frame on. */
import type { CauseCode } from "../../../src/event/codes.ts";
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { type Bridged, pods } from "../worlds/bridged.ts";
import { macvlan } from "../worlds/others.ts";
import { ping, ping6, server, tcp } from "./talks.ts";

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
