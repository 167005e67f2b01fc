/** A tunnel's packet that went into another tunnel. */
import type { Gap } from "../../event/gaps.ts";
import { type Sighting, sightingsBetween } from "../view/timeline.ts";

/** Encapsulating again takes microseconds; later the same skb may be another packet's. */
const NESTING_NS = 1e6;

/**
 * A gap when a tunnel's packet went into another tunnel. The probe reads two tunnel headers and not
 * the packet inside them: after that only the packets of the outer tunnel are seen.
 */
export function nestedIn(event: Sighting): Gap | null {
  if (event.tunnelKind === undefined || event.kind !== "device-tx") return null;
  for (const other of sightingsBetween(event.node, event.at, event.at + NESTING_NS)) {
    const isCarrier = other.skb === event.skb && other.kind === "device-tx" &&
      other.tunnelKind !== undefined && other.source === event.tunnelSource &&
      other.destination === event.tunnelDestination;
    if (!isCarrier) continue;
    const text =
      `it went into a tunnel inside a tunnel, which is followed as ${other.source} > ${other.destination} port ${other.destinationPort} only`;
    return { code: "tunnel-in-tunnel", text };
  }
  return null;
}
