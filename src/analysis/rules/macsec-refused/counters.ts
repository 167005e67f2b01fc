/** What a macsec device counts of the frames that it refuses. */
import type { Link } from "../../../event/state.ts";
import { DEVICE_SCRIPTS, EVER, gapOf } from "../../view/coverage.ts";
import { lastState, type Owner } from "../../view/state_view.ts";
import { placeOf, stateEvidence } from "../evidence.ts";

/** Counters of a device, and what macsec counts by them (Linux 4.6 to 7.2, drivers/net/macsec.c). */
const MEANINGS = {
  rx_errors:
    "could not be checked, as with another key, or came for an association that is not there",
  rx_dropped: "had a packet number of before, which is taken for a replay",
} as const;

/**
 * What a macsec device refused while its node was watched, as words and as evidence; null when no
 * counter rose between the first and the last reading, or its node may have had what it did not tell.
 */
export function refusedBy({ node, netns, link }: Owner) {
  if (link.kind !== "macsec" || gapOf(node, DEVICE_SCRIPTS, EVER) !== null) return null;
  const last = lastState(node, netns)?.links.find(({ ifindex }) => ifindex === link.ifindex);
  if (last === undefined) return null;
  const rose = (Object.keys(MEANINGS) as (keyof typeof MEANINGS)[])
    .map((name) => ({ name, by: count(last, name) - count(link, name) }))
    .filter(({ by }) => by > 0);
  if (rose.length === 0) return null;
  const where = placeOf(node, netns, link.name);
  const said = rose.map(({ name, by }) => `${by} ${MEANINGS[name]}`).join("; ");
  return {
    where,
    text: `refused frames while it was watched: ${said}`,
    evidence: rose.map(({ name, by }) => stateEvidence(node, `${where}: ${name} rose by ${by}`)),
  };
}

/** What stays 0 is not told. */
const count = ({ counters }: Link, name: string): number => counters?.[name] ?? 0;
