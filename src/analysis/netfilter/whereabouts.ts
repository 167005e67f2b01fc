/** Where a packet was last, and where it died: what is asked before its hooks are. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import type { Sighting } from "../view/timeline.ts";

/** The end of a packet's way, as far as hooks depend on it. */
export interface Scene {
  subject: Case;
  state: NetnsState;
  /** Device the packet was on when it died. */
  here: string | undefined;
  /** Its last sighting in this netns with the same outermost header. */
  last: Sighting | undefined;
  /** The device of that sighting. */
  link: Link | undefined;
  translated: boolean;
}

/** Where the packet of the case was last, and where it died, by this state of its namespace. */
export function sceneOf(subject: Case, state: NetnsState): Scene {
  const last = lastHere(subject);
  return {
    subject,
    state,
    here: subject.event.device ?? last?.device,
    last,
    link: state.links.find((link) => link.ifindex === last?.ifindex),
    translated: isTranslated(subject.event, last),
  };
}

/** The last hop before the end in the netns of the end, at the same level of encapsulation. */
function lastHere({ judgement, event, netns }: Case): Sighting | undefined {
  const earlier = judgement.steps.map((step) => step.event).filter((other) =>
    other !== event && other.node === event.node && other.netns === netns &&
    (other.kind === "device-rx" || other.kind === "device-tx")
  );
  const last = earlier.at(-1);
  return last && (last.tunnelKind === undefined) === (event.tunnelKind === undefined)
    ? last
    : undefined;
}

function isTranslated(event: Sighting, last: Sighting | undefined): boolean {
  if (!last || event.tunnelKind !== undefined) return false;
  return (["source", "destination", "sourcePort", "destinationPort"] as const)
    .some((key) => event[key] !== last[key]);
}

/** TTL of the outermost header. */
export const ttlOf = (event: Sighting) => event.tunnelKind ? event.tunnelTtl : event.ttl;
/** Destination of the outermost header; "" when it is not known. */
export const destinationOf = (event: Sighting) =>
  event.tunnelDestination ?? event.destination ?? "";
/** Source of the outermost header; "" when it is not known. */
export const sourceOf = (event: Sighting) => event.tunnelSource ?? event.source ?? "";
