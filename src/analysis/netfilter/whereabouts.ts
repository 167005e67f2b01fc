/** Where a packet was last, and where it died: what is asked before its hooks are. */
import type { Link, NetnsState } from "../../event/state.ts";
import { conntrackForm } from "../correlate/identity.ts";
import type { Case } from "../rules/case.ts";
import { linkOf, sysctl } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Headers, headersOf } from "./hook_packet.ts";

/** The end of a packet's way, as far as hooks depend on it. */
export interface Scene {
  subject: Case;
  state: NetnsState;
  /** Device the packet was on when it died. */
  here: string | undefined;
  /** Its first sighting since it came into this netns, with the same outermost header. */
  first: Sighting | undefined;
  /** Its last sighting in this netns with the same outermost header. */
  last: Sighting | undefined;
  /** The device of the last sighting. */
  link: Link | undefined;
  /** The bridge's port that it came in by. */
  port: Link | undefined;
  /** Headers before NAT changed them here; null when they are not known. */
  early: Headers | null;
  /** What NAT is known to have changed here before it died. */
  translated: Translated;
}

/** Which end of a packet was translated, with its port. */
export interface Translated {
  source: boolean;
  destination: boolean;
}

/** Where the packet of the case was last, and where it died, by this state of its namespace. */
export function sceneOf(subject: Case, state: NetnsState): Scene {
  const { event } = subject;
  const seen = seenHere(subject);
  const [first, last] = [seen[0], seen.at(-1)];
  const link = last && linkOf(state, last.ifindex);
  const early = earlyHeaders(subject, state, first);
  return {
    ...{ subject, state, first, last, link, early },
    here: event.device ?? last?.device,
    port: portOf(state, seen),
    translated: changeOf(early ?? headersOf(event), headersOf(event)),
  };
}

/** The hops since it came into the netns of its end, at the same level of encapsulation. */
function seenHere({ judgement, event, netns }: Case): Sighting[] {
  const hops = judgement.steps.map((step) => step.event).filter((other) =>
    other !== event && (other.kind === "device-rx" || other.kind === "device-tx")
  );
  const away = hops.findLastIndex((other) =>
    other.node !== event.node || other.netns !== netns ||
    (other.tunnelKind === undefined) !== (event.tunnelKind === undefined)
  );
  return hops.slice(away + 1);
}

function portOf(state: NetnsState, seen: readonly Sighting[]): Link | undefined {
  const [first] = seen;
  const link = first?.kind === "device-rx" ? linkOf(state, first.ifindex) : undefined;
  return link?.bridgePort && link.masterIfindex !== undefined ? link : undefined;
}

const SOURCE_TRANSLATED = 16;

/** As NAT's first hook saw it: as it came in, or as conntrack says that its connection began. */
function earlyHeaders(
  { event }: Case,
  state: NetnsState,
  first: Sighting | undefined,
): Headers | null {
  const now = headersOf(event);
  if (event.tunnelKind !== undefined) return now;
  // A bridge hands up what br_netfilter may have translated already.
  const raw = first?.kind === "device-rx" && linkOf(state, first.ifindex)?.kind !== "bridge";
  if (raw) return { ...headersOf(first!), ttl: first!.ttl };
  const form = conntrackForm(event);
  if (!form) return now;
  if (event.conntrackDirection === "original") return { ...now, ...form };
  if (event.conntrackStatus === undefined) return null;
  // Of an answer only what a changed source had made of its destination is undone so early.
  return (event.conntrackStatus & SOURCE_TRANSLATED) === 0 ? now : null;
}

function changeOf(early: Headers, now: Headers): Translated {
  const differs = (keys: readonly (keyof Headers)[]) => keys.some((key) => early[key] !== now[key]);
  return {
    source: differs(["source", "sourcePort", "icmpId"]),
    destination: differs(["destination", "destinationPort"]),
  };
}

/** Bridged packets of this family are shown to the hooks of IP, on this bridge. */
export function callsIptables(
  { subject, state }: Pick<Scene, "subject" | "state">,
  bridge: Link | undefined,
): boolean {
  const six = destinationOf(subject.event).includes(":");
  const name = `net.bridge.bridge-nf-call-ip${six ? "6" : ""}tables`;
  const own = six ? bridge?.bridge?.nfCallIp6tables : bridge?.bridge?.nfCallIptables;
  return own === true || sysctl(state, name) === "1";
}

/** TTL of the outermost header. */
export const ttlOf = (event: Sighting) => event.tunnelKind ? event.tunnelTtl : event.ttl;
/** Destination of the outermost header; "" when it is not known. */
export const destinationOf = (event: Sighting) =>
  event.tunnelDestination ?? event.destination ?? "";
/** Source of the outermost header; "" when it is not known. */
export const sourceOf = (event: Sighting) => event.tunnelSource ?? event.source ?? "";
