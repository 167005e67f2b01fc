/** Which hooks a packet can have died at, from where it was seen before and where it died. */
import type { Link, NetnsState } from "../../event/state.ts";
import { DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import { lookUpRoute } from "../view/routing.ts";
import type { Case } from "../rules/case.ts";
import { acceptsAddress, ownsAddress, sysctl } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { headersOf, type HookDevice } from "./hook_packet.ts";
import { destinationOf, type Scene, sceneOf, sourceOf, ttlOf } from "./whereabouts.ts";
import type { Traveller } from "./traveller.ts";

/** What of a traveller is a matter of the hook. */
export type View = Pick<
  Traveller,
  "headers" | "layer" | "hook" | "input" | "output" | "portInput" | "portOutput"
>;

/** One hook that the packet went to, or may have gone to. */
export interface Pass {
  view: View;
  /** Its destination or source was already rewritten: what runs before NAT let it through. */
  translated: boolean;
  /** It is known to have come through: only what this did to it counts. */
  survived: boolean;
  /** It may not have come here at all. */
  guessed: boolean;
}

interface Devices {
  input?: HookDevice;
  output?: HookDevice;
  portInput?: HookDevice;
  portOutput?: HookDevice;
}

const pass = (
  scene: Scene,
  layer: View["layer"],
  hook: string,
  devices: Devices,
): Pass => ({
  view: {
    headers: headersOf(scene.subject.event),
    layer,
    hook,
    input: devices.input,
    output: devices.output,
    portInput: "portInput" in devices ? devices.portInput : null,
    portOutput: "portOutput" in devices ? devices.portOutput : null,
  },
  translated: scene.translated && (hook === "prerouting" || hook === "output"),
  survived: false,
  guessed: false,
});

/** Hooks it went through alive; after a translation nobody knows what they saw. */
const survived = (scene: Scene, ...passes: Pass[]): Pass[] =>
  scene.translated ? [] : passes.map((each) => ({ ...each, survived: true }));

/** As the packet was when it came in, before it was forwarded. */
const onArrival = (scene: Scene, { view, ...rest }: Pass): Pass => ({
  ...rest,
  view: { ...view, headers: headersOf(scene.last!) },
});

/** In the order a packet meets them. */
export function passesOf(subject: Case, state: NetnsState): Pass[] {
  const scene = sceneOf(subject, state);
  const { last } = scene;
  // With lost events the last one seen may not be the last one there was.
  if (gapOf(subject.node, DEVICE_SCRIPTS)) return anywhere(scene);
  if (subject.event.network === "arp") return arpPasses(scene);
  if (!last) return madeHere(scene);
  return last.kind === "device-rx" ? received(scene) : sent(scene);
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
    pass(scene, "netdev", "ingress", { input: last!.device, output: null }),
    ...(input === last!.device ? [] : [pass(scene, "netdev", "ingress", { input, output: null })]),
    pass(scene, "ip", "prerouting", { input, output: null, ...ports(scene) }),
    ...(acceptsAddress(scene.state, destinationOf(event)) || isGroup(event)
      ? [pass(scene, "ip", "input", { input, output: null, ...ports(scene) })]
      : []),
  ];
}

const isGroup = (event: Sighting) =>
  event.packetType === "broadcast" || event.packetType === "multicast";

/** A packet that came over a bridge of `br_netfilter` still knows its port. */
function ports({ link }: Scene): Devices {
  return link?.kind === "bridge" ? { portInput: undefined } : {};
}

function forwarded(scene: Scene): Pass[] {
  const { subject: { event }, last, link, here, state } = scene;
  const isInput = here === undefined || here === last!.device ||
    state.links.some((other) => other.name === here && other.ifindex === link?.masterIfindex);
  const input = isInput && here !== undefined ? here : last!.device;
  const output = isInput ? routedTo(state, event, last!.device) : here;
  const came = onArrival(
    scene,
    pass(scene, "ip", "prerouting", { input, output: null, ...ports(scene) }),
  );
  const through = pass(scene, "ip", "forward", { input, output, ...ports(scene) });
  if (!isInput) return [...survived(scene, came, through), ...leaving(scene, undefined)];
  return [
    ...survived(scene, came),
    through,
    // Without a device of its own it may be further than that.
    ...(event.device === undefined ? leaving({ ...scene, here: undefined }, undefined) : []),
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
  const { last, link, here, state } = scene;
  const bridge = state.links.find((other) => other.ifindex === link!.masterIfindex);
  const port = last!.device;
  const input = bridge?.name;
  const seen = callsIptables(scene, bridge);
  if (here === undefined || here === port || here === input) {
    return [
      pass(scene, "netdev", "ingress", { input: port, output: null }),
      pass(scene, "bridge", "prerouting", { input: port, output: null }),
      ...(seen ? [pass(scene, "ip", "prerouting", { input, output: null, portInput: port })] : []),
      ...(here === port ? [] : [pass(scene, "bridge", "input", { input: port, output: null })]),
    ];
  }
  const devices = { input, output: input, portInput: port, portOutput: here };
  return [
    ...(seen
      ? survived(scene, pass(scene, "ip", "prerouting", { input, output: null, portInput: port }))
      : []),
    pass(scene, "bridge", "forward", { input: port, output: here }),
    ...(seen ? [pass(scene, "ip", "forward", devices)] : []),
    pass(scene, "bridge", "postrouting", { input: undefined, output: here }),
    ...(seen ? [pass(scene, "ip", "postrouting", { ...devices, input: undefined })] : []),
    pass(scene, "netdev", "egress", { input: null, output: here }),
  ];
}

function callsIptables({ subject, state }: Scene, bridge: Link | undefined): boolean {
  const six = destinationOf(subject.event).includes(":");
  const name = `net.bridge.bridge-nf-call-ip${six ? "6" : ""}tables`;
  const own = six ? bridge?.bridge?.nfCallIp6tables : bridge?.bridge?.nfCallIptables;
  return own === true || sysctl(state, name) === "1";
}

/** Handed to a device, and refused by what that device hands it to. */
function sent(scene: Scene): Pass[] {
  const { link, here } = scene;
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

/** Never seen coming in: sent by this host, unless its source is somebody else's. */
function madeHere(scene: Scene): Pass[] {
  const { subject: { event }, here, state } = scene;
  const own = [
    pass(scene, "ip", "output", { input: null, output: here }),
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
  ].map((each) => ({ ...each, translated: false, guessed: true }));
}

function arpPasses(scene: Scene): Pass[] {
  const { last, here } = scene;
  if (last?.kind === "device-rx") {
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
