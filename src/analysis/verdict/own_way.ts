/** Which copy of a packet speaks for it, and the way of that copy: what does not depend on coverage. */
import { leavesOf } from "../correlate/links.ts";
import type { Packet } from "../correlate/packets.ts";
import { stepsTo } from "../correlate/steps.ts";
import { type End, endOf, rankOf } from "./ends.ts";
import type { Judgement } from "./judgement.ts";

/** Which of its copies speaks for a packet, and the way of that copy. */
export type Way = Pick<Judgement, "packet" | "end" | "steps">;

/** By its own sightings and the state that was read around them, and by nothing else. */
export function wayOf(packet: Packet): Way {
  const end = leavesOf(packet).map(endOf).reduce((a, b) => speaksBefore(a, b) ? a : b);
  return { packet, end, steps: stepsTo(end.step) };
}

/**
 * Orders copies by how well their end shows the packet's outcome: by rank, then the longer way,
 * then the later event on its node. The order never depends on the order of arrival.
 */
function speaksBefore(a: End, b: End): boolean {
  if (rankOf(a) !== rankOf(b)) return rankOf(a) < rankOf(b);
  const length = (end: End) => stepsTo(end.step).length;
  if (length(a) !== length(b)) return length(a) > length(b);
  if (a.step.event.node !== b.step.event.node) {
    return a.step.event.node.name < b.step.event.node.name;
  }
  return a.step.event.at >= b.step.event.at;
}
