/** On which device an event happened. */
import { isDeviceKind } from "../../event/kinds.ts";
import type { Sighting } from "./timeline.ts";

/**
 * The sighting that tells on which device an event happened: its own, or, when it names none or
 * only the loopback device of its route (as sockets do), the one before it on that node.
 */
export function placed(event: Sighting, before?: Sighting | null): Sighting {
  if (!before || before.node !== event.node || before.device === undefined) return event;
  if (isDeviceKind(event.kind)) return event;
  return event.device === undefined || event.device === "lo" ? before : event;
}
