/** Where a packet was translated. */
import { conntrackForm, type Form, formKey, formOf } from "../../correlate/identity.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";

/** A namespace that gave a packet other ends. */
export interface Translation {
  node: NodeView;
  /** Inode; undefined when the sighting after the translation has none. */
  netns: number | undefined;
  /** The ends before, and after. */
  from: Form;
  to: Form;
}

/**
 * Every translation on the way of a packet: two sightings on one node between which its ends changed,
 * or a first sighting of which conntrack knows the ends before.
 */
export function translationsOf({ steps }: Judgement): Translation[] {
  const found: Translation[] = [];
  let before: Sighting | null = null;
  for (const { event } of steps) {
    const to = formOf(event);
    const from = before === null ? sentBefore(event) : formOf(before);
    if (from && formKey(from) !== formKey(to) && (before === null || before.node === event.node)) {
      found.push({ node: event.node, netns: event.netns ?? before?.netns, from, to });
    }
    before = event;
  }
  return found;
}

function sentBefore(event: Sighting): Form | null {
  if (event.conntrackDirection !== "original" || event.tunnelKind !== undefined) return null;
  return conntrackForm(event);
}
