/** Copies that Open vSwitch gives to whom a packet is not for. Rule O4. */
import type { Step } from "../correlate/steps.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { mirrorDevices, ownDevices } from "../view/mirrors.ts";
import { stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { frameMac } from "./unwatched_host.ts";

/**
 * [O4] The step by which the copy left Open vSwitch for a mirror: whoever is there looks at it, and is
 * not whom it is for. Null where it took no such way.
 */
export const toMirror = (last: Step): Step | null =>
  enteredBy(last, (event) => mirrorDevices(stateBefore(event)));

/** The copy went no further than a bridge's own device, which freed it as another host's. */
export function toOwnDevice(last: Step): Step | null {
  if (!isAnothersFrame(last.event)) return null;
  const mac = frameMac(last);
  const sent = enteredBy(last, (event) => ownDevices(stateBefore(event), mac));
  return sent?.event.device === last.event.device ? sent : null;
}

/** The last step at one of these devices that follows one at another device of the same namespace. */
function enteredBy(last: Step, devices: (event: Sighting) => ReadonlySet<string>): Step | null {
  for (let at: Step | null = last; at; at = at.previous) {
    const { event, previous } = at;
    const came = previous?.event;
    if (!came || came.node !== event.node || came.netns !== event.netns) continue;
    if (event.device === undefined || event.device === came.device) continue;
    if (devices(event).has(event.device)) return at;
  }
  return null;
}

/** Bridges and mirrors are there long before: a later reading would have each packet looked at again. */
const stateBefore = ({ node, netns, at }: Sighting) => stateAt(node, netns, at);
