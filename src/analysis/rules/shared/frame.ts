/** The frame that brought a packet to where it ended. */
import type { Case } from "../case.ts";

/**
 * The last sighting on this node that has a MAC. A drop after decapsulation has none of its own; the
 * frame that brought the packet has.
 */
export function frameOf(subject: Case) {
  const steps = subject.judgement.steps.map((step) => step.event).reverse();
  return steps.find((event) => event.node === subject.node && event.destinationMac !== undefined);
}
