/** By when an answer would have come. */
import { noted } from "../view/asked.ts";
import { isSilentUntil } from "../view/coverage.ts";
import type { Asides } from "../view/evidence.ts";
import { soughtAddress } from "../view/sought_address.ts";
import type { Sighting } from "../view/timeline.ts";
import { RESOLUTION_NS } from "./judge.ts";

/** An answer that the kernel or a waiting program gives comes within this time, ns. */
export const ANSWER_NS = 900e6;

/**
 * [X3] [O12] Whether an answer to what ended here may still wait for a link address, which the host looked
 * for about then: nothing tells of a packet before it goes out or is dropped.
 */
export function mayWaitForAddress(event: Sighting, evidence: Asides): boolean {
  const isDue = () => isSilentUntil(event.node, event.at + RESOLUTION_NS);
  // It stays so, so that nothing has to be asked again: a question for each flow would be kept.
  if (noted(null, isDue)) return false;
  return soughtAddress(evidence, event, ANSWER_NS) && !isDue();
}
