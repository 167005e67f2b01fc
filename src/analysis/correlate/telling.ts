/** Which sightings are enough to say that there was a packet. */
import type { Event } from "../../event/event.ts";
import { KINDS, type LastSeen } from "../../event/kinds.ts";
import { isRoutineDrop, isSolicitationCopy } from "../kernel/frees.ts";

/** By what it is when nothing else is seen of the packet. */
const TELLS: Record<LastSeen, (event: Event) => boolean> = {
  "handed-on": () => true,
  received: () => true,
  dropped: (event) => !isRoutineDrop(event),
  "done-with": isSolicitationCopy,
  read: () => false,
  waits: () => true,
  nothing: () => true,
};

/**
 * The event tells of a packet by itself: it passed a device, died, or waits for a neighbour. A read
 * or a routine free may be what is left of a packet that was seen before, in another form.
 */
export function tellsOfPacket(event: Event): boolean {
  return TELLS[KINDS[event.kind].lastSeen](event);
}
