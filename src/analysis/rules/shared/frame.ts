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

/**
 * The frame as this node received it last. A drop behind the router's lookup has the MACs that the packet
 * came with, and the device that it would have left by.
 */
export function receivedFrameOf(subject: Case) {
  const steps = subject.judgement.steps.map((step) => step.event).reverse();
  return steps.find(({ kind, node, destinationMac }) =>
    kind === "device-rx" && node === subject.node && destinationMac !== undefined
  ) ?? frameOf(subject);
}
