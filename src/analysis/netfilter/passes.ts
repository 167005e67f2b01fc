/** Which hooks a packet can have died at, from where it was seen before and where it died. */
import type { Link, NetnsState } from "../../event/state.ts";
import { before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import { lookUpRoute } from "../view/routing.ts";
import type { Case } from "../rules/case.ts";
import { acceptsAddress, ownsAddress } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { HookDevice } from "./hook_packet.ts";
import { type Devices, onArrival, type Pass, pass, survived } from "./pass.ts";
import {
  callsIptables,
  destinationOf,
  type Scene,
  sceneOf,
  sourceOf,
  ttlOf,
} from "./whereabouts.ts";

/** In the order a packet meets them. */
export function passesOf(subject: Case, state: NetnsState): Pass[] {
  const scene = sceneOf(subject, state);
  const { last } = scene;
  // With lost events the last one seen may not be the last one there was.
  if (gapOf(subject.node, DEVICE_SCRIPTS, before(subject.event))) return anywhere(scene);
  // What is in a tunnel is at the hooks of the packet around it.
  const { network, tunnelKind } = subject.event;
  if (network === "arp" && tunnelKind === undefined) return arpPasses(scene);
  if (!last) return madeHere(scene);
  return last.kind === "device-rx" ? received(scene) : sent(scene);
}

/** Every hook there is: for a packet that nothing refuses where it seems to have been. */
export function everyPass(subject: Case, state: NetnsState): Pass[] {
  return anywhere(sceneOf(subject, state));
}

function received(scene: Scene): Pass[] {
  const { subject: { event }, last, link, here } = scene;
  const before = ttlOf(last!);
  const now = ttlOf(event);
  // Both families count the TTL down before the forward hook, and nowhere else.
  if (before !== undefined && now !== undefined && now < before) return forwarded(scene);
  if (link?.bridgePort && link.masterIfindex !== undefined) return bridged(scene);
  const input = here ?? last!.device;
  return [
    ...onDevice(scene, last!.device),
    ...(input === last!.device ? [] : onDevice(scene, input)),
    ...prerouting(scene, input, false),
    ...(acceptsAddress(scene.state, destinationOf(event)) || isGroup(event)
      ? [pass(scene, "ip", "input", { input, output: null, ...ports(scene) })]
      : []),
  ];
}

/** A device's own hook comes before any translation, but above a bridge that shows frames to IP. */
function onDevice(scene: Scene, input: HookDevice): Pass[] {
  const { source, destination } = scene.translated;
  if ((source || destination) && !isAfterBridge(scene)) return [];
  return [pass(scene, "netdev", "ingress", { input, output: null })];
}

/** The first hook of IP, which has run already where `br_netfilter` has shown it the frame. */
function prerouting(scene: Scene, input: HookDevice, isPast: boolean): Pass[] {
  const each = pass(scene, "ip", "prerouting", { input, output: null, ...ports(scene) });
  // What comes back over the loopback was translated before it was sent.
  if (scene.link?.kind === "loopback") delete each.early;
  return isPast || isAfterBridge(scene) ? survived(scene, onArrival(scene, each)) : [each];
}

const isGroup = (event: Sighting) =>
  event.packetType === "broadcast" || event.packetType === "multicast";

/** It came up from a bridge whose frames the hooks of IP have seen. */
function isAfterBridge(scene: Scene): boolean {
  return scene.link?.kind === "bridge" && callsIptables(scene, scene.link);
}

/** A packet that came over a bridge of `br_netfilter` still knows its port. */
function ports(scene: Scene): Devices {
  return isAfterBridge(scene) ? { portInput: scene.port?.name } : {};
}

function forwarded(scene: Scene): Pass[] {
  const { subject: { event }, last, link, here, state } = scene;
  const isInput = here === undefined || here === last!.device ||
    state.links.some((other) => other.name === here && other.ifindex === link?.masterIfindex);
  const input = isInput && here !== undefined ? here : last!.device;
  const output = isInput ? routedTo(state, event, last!.device) : here;
  const through = pass(scene, "ip", "forward", { input, output, ...ports(scene) });
  const came = prerouting(scene, input, true);
  if (!isInput) return [...came, ...survived(scene, through), ...leaving(scene, undefined)];
  return [
    ...came,
    through,
    // Without a device of its own, or on one that it came in by and may leave by, it may be further.
    ...(event.device === undefined ? leaving({ ...scene, here: undefined }, undefined) : []),
    ...(event.device !== undefined && (output === undefined || output === here)
      ? leaving(scene, undefined)
      : []),
  ];
}

function routedTo(state: NetnsState, event: Sighting, inputDevice: string | undefined) {
  const answer = lookUpRoute(state, {
    source: sourceOf(event),
    destination: destinationOf(event),
    ...(inputDevice === undefined ? {} : { inputDevice }),
  });
  const device = answer.certain && answer.route?.type === "unicast"
    ? answer.route.device
    : undefined;
  return device;
}

/** The last hooks before a device has it. */
function leaving(scene: Scene, input: HookDevice): Pass[] {
  const output = scene.here;
  return [
    pass(scene, "ip", "postrouting", { input, output }),
    pass(scene, "netdev", "egress", { input: null, output }),
  ];
}

/** Between two ports of a bridge, or from a port up to the bridge itself. */
function bridged(scene: Scene): Pass[] {
  const { link, here, state } = scene;
  const bridge = bridgeOf(state, link!);
  const [port, input] = [link!.name, bridge?.name];
  if (here !== undefined && here !== port && here !== input) {
    return betweenPorts(scene, link!, here);
  }
  const seen = callsIptables(scene, bridge);
  return [
    ...onDevice(scene, port),
    pass(scene, "bridge", "prerouting", { input: port, output: null }),
    ...(seen ? [pass(scene, "ip", "prerouting", { input, output: null, portInput: port })] : []),
    ...(here === port ? [] : [pass(scene, "bridge", "input", { input: port, output: null })]),
  ];
}

const bridgeOf = (state: NetnsState, port: Link) =>
  state.links.find((other) => other.ifindex === port.masterIfindex);

/** From the port it came in by to another one. */
function betweenPorts(scene: Scene, from: Link, to: string): Pass[] {
  const bridge = bridgeOf(scene.state, from);
  const seen = callsIptables(scene, bridge);
  const [port, input] = [from.name, bridge?.name];
  const devices = { input, output: input, portInput: port, portOutput: to };
  return [
    ...(seen
      ? survived(scene, pass(scene, "ip", "prerouting", { input, output: null, portInput: port }))
      : []),
    pass(scene, "bridge", "forward", { input: port, output: to }),
    ...(seen ? [pass(scene, "ip", "forward", devices)] : []),
    pass(scene, "bridge", "postrouting", { input: undefined, output: to }),
    ...(seen ? [pass(scene, "ip", "postrouting", { ...devices, input: undefined })] : []),
    pass(scene, "netdev", "egress", { input: null, output: to }),
  ];
}

/** Handed to a device, and refused by what that device hands it to. */
function sent(scene: Scene): Pass[] {
  const { link, here, port } = scene;
  if (link?.kind === "bridge" && port && isTurnedOnBridge(scene)) {
    const egress = pass(scene, "netdev", "egress", { input: null, output: link.name });
    return here === undefined || here === link.name ? [egress] : betweenPorts(scene, port, here);
  }
  if (link?.kind === "bridge") {
    return [
      pass(scene, "bridge", "output", { input: null, output: here }),
      pass(scene, "bridge", "postrouting", { input: undefined, output: here }),
      pass(scene, "netdev", "egress", { input: null, output: here }),
    ];
  }
  if (link?.kind === "vrf" || link === undefined) return madeHere(scene);
  return [pass(scene, "netdev", "egress", { input: null, output: here })];
}

/**
 * A bridged packet whose translated destination is on the same bridge goes through the bridge
 * device when its neighbour is to be looked up, and is bridged all the same: nobody routed it.
 */
function isTurnedOnBridge(scene: Scene): boolean {
  const { subject: { event }, first, link, port } = scene;
  return (scene.early === null || scene.translated.destination) &&
    port?.masterIfindex === link?.ifindex &&
    ttlOf(first!) === ttlOf(event) && callsIptables(scene, link);
}

/** Never seen coming in: sent by this host, unless its source is somebody else's. */
function madeHere(scene: Scene): Pass[] {
  const { subject: { event }, here, state, early, translated } = scene;
  const isTurned = early === null || translated.destination;
  const own = [
    // A packet that NAT sent another way met this hook with the device of the way before.
    pass(scene, "ip", "output", { input: null, output: isTurned ? undefined : here }),
    ...leaving(scene, null),
  ];
  const source = sourceOf(event);
  if (ownsAddress(state, source) || source === "0.0.0.0" || source === "::") return own;
  return anywhere(scene);
}

/** Every hook, when nothing tells where it was. */
function anywhere(scene: Scene): Pass[] {
  const { here } = scene;
  const unknown: Devices = { portInput: undefined, portOutput: undefined };
  const hooks = ["prerouting", "input", "forward", "output", "postrouting"];
  return [
    pass(scene, "netdev", "ingress", { input: here, output: null }),
    ...hooks.map((hook) => pass(scene, "bridge", hook, unknown)),
    ...hooks.map((hook) => pass(scene, "ip", hook, unknown)),
    pass(scene, "netdev", "egress", { input: null, output: here }),
  ].map(({ early, ...each }) => ({
    ...each,
    // What a translated packet met before NAT did not refuse it.
    ...(early ? { early: { ...early, headers: null } } : {}),
    guessed: true,
  }));
}

function arpPasses(scene: Scene): Pass[] {
  const { last, link, here } = scene;
  if (last?.kind === "device-rx") {
    // A bridge shows nothing of ARP to the hooks of IP.
    if (link?.bridgePort && link.masterIfindex !== undefined) {
      return bridged(scene).filter(({ view }) => view.layer !== "ip");
    }
    return [
      pass(scene, "netdev", "ingress", { input: here, output: null }),
      pass(scene, "arp", "input", { input: here, output: null }),
    ];
  }
  return [
    pass(scene, "arp", "output", { input: null, output: here }),
    pass(scene, "netdev", "egress", { input: null, output: here }),
  ];
}
