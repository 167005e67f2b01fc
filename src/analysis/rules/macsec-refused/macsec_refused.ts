/** What a macsec device refuses of what comes for it: only its counters tell. */
import type { Link } from "../../../event/state.ts";
import { DEVICE_SCRIPTS, EVER, gapOf } from "../../view/coverage.ts";
import { holdersOfMac, lastState, type Owner } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** What macsec counts of frames that it refuses (Linux 4.6 to 7.2, drivers/net/macsec.c). */
const MEANINGS = {
  rx_errors:
    "could not be checked, as with another key, or came for an association that is not there",
  rx_dropped: "had a packet number of before, which is taken for a replay",
} as const;

const COUNTERS = Object.keys(MEANINGS) as (keyof typeof MEANINGS)[];

/**
 * macsec frees what it refuses while it is a frame that no script can read, and counts it.
 *
 * What else looks like it: a frame that was lost before it came to that device, of which no counter of
 * the device knows; and one that was taken there, which its node would have seen.
 */
export const macsecRefused: Rule = {
  id: "R173",
  title: "What macsec refuses of what it receives",
  statement:
    "Last seen as it was handed to a macsec device, in a frame to the link address of another one, whose " +
    "node was watched without loss, and a counter of that one's refused frames rose between the first and " +
    "the last reading: `macsec-refused`, likely.",
  yields: ["macsec-refused"],
  judge(subject) {
    const { event, link, world } = subject;
    if (event.kind !== "device-tx" || link?.kind !== "macsec") return null;
    if (event.destinationMac === undefined) return null;
    const there = holdersOfMac(world.network, event.destinationMac)
      .filter((owner) => owner.link.kind === "macsec")
      .map((owner) => ({ ...owner, rose: risen(owner) }))
      .find(({ rose, node }) =>
        COUNTERS.some((name) => rose[name] > 0) && gapOf(node, DEVICE_SCRIPTS, EVER) === null
      );
    if (!there) return null;
    const { node, netns, rose } = there;
    const where = placeOf(node, netns, there.link.name);
    const said = COUNTERS.filter((name) => rose[name] > 0)
      .map((name) => `${rose[name]} ${MEANINGS[name]}`);
    return cause(
      "macsec-refused",
      "likely",
      `its frame went to ${where}, which refused frames while it was watched: ${said.join("; ")}`,
      [
        eventEvidence(subject, `frame addressed to ${event.destinationMac}`),
        ...COUNTERS.filter((name) => rose[name] > 0)
          .map((name) => stateEvidence(node, `${where}: ${name} rose by ${rose[name]}`)),
      ],
      command(node, netns, ["ip", "-s", "macsec", "show", device(there.link.name)]),
    );
  },
};

/** By how much each counter is larger in the last reading than in the first that has the device. */
function risen({ node, netns, link }: Owner): Record<keyof typeof MEANINGS, number> {
  const last = lastState(node, netns)?.links.find(({ ifindex }) => ifindex === link.ifindex);
  const rise = (name: keyof typeof MEANINGS) =>
    last === undefined ? 0 : Math.max(0, count(last, name) - count(link, name));
  return { rx_errors: rise("rx_errors"), rx_dropped: rise("rx_dropped") };
}

/** What stays 0 is not told. */
const count = ({ counters }: Link, name: string): number => counters?.[name] ?? 0;
