/** A tunnel's packet that went into another tunnel. */
import type { Gap } from "../../event/gaps.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import { type Sighting, sightingsBetween } from "../view/timeline.ts";
import type { Judgement } from "./judgement.ts";

/** Encapsulating again takes microseconds; later the same skb may be another packet's. */
const NESTING_NS = 1e6;
/** So long may an interrupted kernel take to pack or unpack it; what comes next of the skb tells whether it did. */
const INTERRUPTED_NS = 1e8;

/**
 * A gap when a tunnel's packet went into another tunnel. The probe reads two tunnel headers and not
 * the packet inside them: after that only the packets of the outer tunnel are seen.
 */
export function nestedIn(event: Sighting): Gap | null {
  if (event.tunnelKind === undefined || event.kind !== "device-tx") return null;
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device);
  // Where a tunnel's device was handed it there is one to come: only then is it worth to look that far.
  const within = link?.tunnel === undefined ? NESTING_NS : INTERRUPTED_NS;
  for (const other of sightingsBetween(event.node, event.at, event.at + within)) {
    if (other.skb !== event.skb) continue;
    const isCarrier = other.kind === "device-tx" &&
      other.tunnelKind !== undefined && other.source === event.tunnelSource &&
      other.destination === event.tunnelDestination;
    if (!isCarrier && other.at > event.at + NESTING_NS) return null;
    if (!isCarrier) continue;
    const text =
      `it went into a tunnel inside a tunnel, which is followed as ${other.source} > ${other.destination} port ${other.destinationPort} only`;
    return { code: "tunnel-in-tunnel", text };
  }
  return null;
}

/**
 * [G8] It was the outer packet of a tunnel inside a tunnel: next after it was last received, its
 * skb was received as what that tunnel carries. That one is followed by itself, and so is no flow twice.
 */
export function wasUnpacked({ steps }: Pick<Judgement, "steps">): boolean {
  const { event } = steps.at(-1)!;
  if (event.tunnelKind === undefined || event.kind !== "device-rx") return false;
  const next = sightingsBetween(event.node, event.at, event.at + INTERRUPTED_NS)
    .find(({ skb }) => skb === event.skb);
  return next !== undefined && next.kind === "device-rx" && next.tunnelKind !== undefined &&
    next.tunnelSource === event.source && next.tunnelDestination === event.destination &&
    next.tunnelDestinationPort === event.destinationPort;
}
