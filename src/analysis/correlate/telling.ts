/** Which sightings tell of a packet by themselves. */
import { isRoutineDrop, isSolicitationCopy } from "../kernel/frees.ts";
import type { Event } from "../../event/event.ts";

/** Tells of a packet by itself; other frees and reads are the rest of one that passed before. */
export function tellsOfPacket(event: Event): boolean {
  switch (event.kind) {
    case "consume":
      return isSolicitationCopy(event);
    case "drop":
      return !isRoutineDrop(event);
    case "deliver":
      return false;
    default:
      return true;
  }
}
