/** Devices that are handed a packet and that no script sees do anything with it. */
import type { Gap } from "../../event/gaps.ts";
import { refusesSilently, sealsPackets } from "../kernel/devices.ts";
import { type EVER, gapOf, type Span } from "../view/coverage.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * A gap when the packet was last seen as it was handed to a device that frees what it refuses without
 * a drop, and the script that tells of such frees was not there (Linux before 6.3).
 */
export function refusedUntold(
  event: Sighting,
  when: Span | typeof EVER,
  rank: () => number,
): Gap | null {
  if (event.kind !== "device-tx" || !refusesSilently(linkKindOf(event))) return null;
  return gapOf(event.node, ["consume"], when, rank);
}

const linkKindOf = (event: Sighting): string =>
  linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device)?.kind ?? "";

/**
 * A gap when the packet was last seen as it was handed to a tunnel device: it did not leave the
 * node, because the outer packet would have been seen. It waits for the outer next hop's address. Or
 * the device encrypts, and what it sends is not recognised.
 */
export function heldIn(event: Sighting): Gap | null {
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device);
  if (link === undefined || event.tunnelKind !== undefined) return null;
  if (event.kind !== "device-tx") return null;
  if (sealsPackets(link.kind)) {
    const text =
      `${event.device} of ${event.node.name} encrypts (${link.kind}), so what it made of it is not seen`;
    return { code: "tunnel-device-silent", text };
  }
  if (link.tunnel === undefined) return null;
  const text = `${event.node.name} put it into ${event.device} and no script saw what became of it`;
  return { code: "tunnel-device-silent", text };
}
