/** A packet that a tunnel device made the ICMP error of, in the packet's own memory. Rule O6. */
import { concludedFrom, finding } from "../view/finding.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Judgement } from "./judgement.ts";

/** The kernel turns it at once; an emulated machine may take this long, ns. */
const TURNING_NS = 20e6;

/** Received errors that tell of an MTU, by the memory that they came in. */
const errors = finding(({ kind, netns, ifindex, skb, mtu, tunnelKind }) =>
  kind === "device-rx" && mtu !== undefined && tunnelKind === undefined
    ? `${netns} ${ifindex} ${skb}`
    : undefined
);

/**
 * The error that a tunnel device which is a port of a bridge or of Open vSwitch made of what is too large
 * beneath (`skb_tunnel_check_pmtu`): it comes in by the device that was handed the packet, and quotes it.
 * Only where what the device sends is seen, too, so that the memory was given to nobody between.
 */
export function turnedBack(event: Sighting): Sighting | undefined {
  if (event.kind !== "device-tx" || event.tunnelKind !== undefined) return undefined;
  const { node, netns, ifindex, skb, at, source, destination, device } = event;
  const tunnel = linkOf(stateAt(node, netns, at), ifindex, device)?.tunnel;
  if (!tunnel || tunnel.underlayNetns !== undefined) return undefined;
  return concludedFrom(
    node,
    errors,
    `${netns} ${ifindex} ${skb}`,
    `turned ${at} ${source} ${destination}`,
    (seen) =>
      seen.find((error) =>
        error.at > at && error.at - at < TURNING_NS && error.quotedSource === source &&
        error.quotedDestination === destination
      ),
  );
}

/** [O6] Nothing is freed, and the packet is no more. */
export function turned<T extends Pick<Judgement, "end">>(
  base: T,
): T & Pick<Judgement, "outcome"> | null {
  if (!turnedBack(base.end.step.event)) return null;
  return { ...base, end: { ...base.end, kind: "dropped" }, outcome: "dropped" };
}
