/** What IPsec encrypts, as far as policies tell that were read where a packet was seen. */
import { policyFor } from "../view/ipsec.ts";
import { stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";

/** A policy there asks for the encryption of what is sent between the packet's ends. */
export const isSealed = (event: Sighting): boolean =>
  isAsked(event, event.source, event.destination);

/** The same of what would be its answer: that leaves in what IPsec makes of it, and is not recognised. */
export const isAnswerSealed = (event: Sighting): boolean =>
  isAsked(event, event.destination, event.source);

function isAsked({ node, netns, at }: Sighting, from?: string, to?: string): boolean {
  const state = stateAt(node, netns, at);
  if (!state || from === undefined || to === undefined) return false;
  return policyFor(state, from, to) !== undefined;
}
