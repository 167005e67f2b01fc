/** By what a bridge got the frame that it sent by a port. */
import type { Link } from "../../../event/state.ts";
import { linkOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** A frame as a bridge got it. */
export interface Arrival {
  event: Sighting;
  /** The port, or the bridge's own device where the host sent it. */
  link: Link;
}

/** What the bridge had of the frame last, before it sent it: one may pass a bridge, be routed, and pass it again. */
export function cameInBy(
  { judgement, before, node, netns }: Case,
  sent: Sighting,
  bridge: number,
): Arrival | undefined {
  const events = judgement.steps.map(({ event }) => event);
  return events.slice(0, events.indexOf(sent))
    .filter((event) => event.node === node && event.netns === netns)
    .map((event) => ({ event, link: linkOf(before, event.ifindex, event.device) }))
    .findLast((arrival): arrival is Arrival =>
      arrival.link?.ifindex === bridge && arrival.event.kind === "device-tx" ||
      arrival.link?.masterIfindex === bridge && arrival.event.kind === "device-rx"
    );
}
