/** The frame that brought a packet to where it ended. */
import type { Case } from "../case.ts";

/** The frame that carried it in: a drop after decapsulation has no MAC of its own. */
export function frameOf(found: Case) {
  const steps = found.judgement.steps.map((step) => step.event).reverse();
  return steps.find((event) => event.node === found.node && event.destinationMac !== undefined);
}
