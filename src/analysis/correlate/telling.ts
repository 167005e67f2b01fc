/** Which sightings tell of a packet by themselves. */
import { isRoutineDrop, isSolicitationCopy } from "../kernel/frees.ts";
import type { Event } from "../../event/event.ts";
import { unreachableKind } from "../../event/kinds.ts";

/**
 * The event tells of a packet by itself: it passed a device, died, or waits for a neighbour. A read
 * or a routine free may be what is left of a packet that was seen before, in another form.
 */
export function tellsOfPacket(event: Event): boolean {
  switch (event.kind) {
    case "consume":
      return isSolicitationCopy(event);
    case "drop":
      return !isRoutineDrop(event);
    case "deliver":
      return false;
    case "device-rx":
    case "device-tx":
    case "icmp-error":
    case "reset":
    case "route":
    case "neighbour":
      return true;
    default:
      return unreachableKind(event.kind);
  }
}
