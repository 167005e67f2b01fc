/** One hook as a packet meets it: its devices, and what it looked like there before and after NAT. */
import { type Headers, headersOf, type HookDevice } from "./hook_packet.ts";
import type { Traveller } from "./traveller.ts";
import { type Scene, ttlOf } from "./whereabouts.ts";

/** What of a traveller is a matter of the hook. */
export type View = Pick<
  Traveller,
  "headers" | "layer" | "hook" | "input" | "output" | "portInput" | "portOutput"
>;

/** One hook that the packet went to, or may have gone to. */
export interface Pass {
  view: View;
  /**
   * NAT changed the packet at this hook: chains before that saw these headers, and let it through.
   * `until` is the priority where NAT stands; headers are null when they are not known.
   */
  early?: { headers: Headers | null; until: number };
  /** It is known to have come through: only what this did to it counts. */
  survived: boolean;
  /** It may not have come here at all. */
  guessed: boolean;
}

/** Devices of a hook; an absent port is none, an absent device is not known. */
export interface Devices {
  input?: HookDevice;
  output?: HookDevice;
  portInput?: HookDevice;
  portOutput?: HookDevice;
}

/** Where NAT stands, as a priority: of the destination, of the source, of bridged packets. */
const NAT_AT: Record<string, number> = {
  "ip prerouting": -100,
  "ip output": -100,
  "ip input": 100,
  "ip postrouting": 100,
  "bridge prerouting": 0,
};

/** The packet as freed, at this hook. */
export const pass = (scene: Scene, layer: View["layer"], hook: string, devices: Devices): Pass => {
  const until = NAT_AT[`${layer} ${hook}`];
  return {
    view: {
      headers: afterNat(scene, hook),
      layer,
      hook,
      input: devices.input,
      output: devices.output,
      portInput: "portInput" in devices ? devices.portInput : null,
      portOutput: "portOutput" in devices ? devices.portOutput : null,
    },
    ...(scene.early !== null && until !== undefined && isChangedAt(scene, hook)
      ? { early: { headers: beforeNat(scene, scene.early, hook), until } }
      : {}),
    survived: false,
    guessed: false,
  };
};

const isBeginning = (hook: string) => hook === "prerouting" || hook === "output";

/** NAT changes the destination where a packet begins its way, and the source where it ends it. */
function isChangedAt({ translated }: Scene, hook: string): boolean {
  return isBeginning(hook) ? translated.destination : translated.source;
}

/** What it was before NAT changed it at this hook. */
const beforeNat = (scene: Scene, early: Headers, hook: string): Headers =>
  isBeginning(hook) ? early : withSource(scene, early);

/** What it was at the end of this hook: the source is changed at the last one. */
function afterNat(scene: Scene, hook: string): Headers {
  const isLast = !isBeginning(hook) && hook !== "forward";
  if (scene.early === null || isLast) return headersOf(scene.subject.event);
  return withSource(scene, scene.early);
}

function withSource({ subject }: Scene, { source, sourcePort, icmpId }: Headers): Headers {
  return { ...headersOf(subject.event), source, sourcePort, icmpId };
}

/** Hooks it went through alive; what is not known of a translation is not known of them. */
export const survived = (scene: Scene, ...passes: Pass[]): Pass[] =>
  scene.early === null ? [] : passes.map((each) => ({ ...each, survived: true }));

/** As the packet was when it came in, before its TTL was counted down. */
export const onArrival = (scene: Scene, each: Pass): Pass => {
  const ttl = ttlOf(scene.last!);
  const { early, view } = each;
  return {
    ...each,
    view: { ...view, headers: { ...view.headers, ttl } },
    ...(early?.headers ? { early: { ...early, headers: { ...early.headers, ttl } } } : {}),
  };
};
