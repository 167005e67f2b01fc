/** For whom a host sent what it translated. */
import { conntrackForm, type Form } from "../../correlate/identity.ts";
import { acceptsAddress } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/**
 * The connection's own ends of a packet that a host sent with its source translated, for another host;
 * null where the source was not translated, or is the host's own.
 */
export function askerBehind({ before }: Case, sent: Sighting | null): Form | null {
  const from = sent?.conntrackDirection === "original" ? conntrackForm(sent) : null;
  if (!sent || !from || acceptsAddress(before, from.source)) return null;
  return from.source === sent.source && from.sourcePort === sent.sourcePort ? null : from;
}
