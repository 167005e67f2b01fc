/** What a macsec device refuses of what comes for it: only its counters tell. */
import { holdersOfMac } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";
import { refusedBy } from "./counters.ts";

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
    for (const holder of holdersOfMac(world.network, event.destinationMac)) {
      const refused = refusedBy(holder);
      if (refused === null) continue;
      const { node, netns } = holder;
      return cause(
        "macsec-refused",
        "likely",
        `its frame went to ${refused.where}, which ${refused.text}`,
        [
          eventEvidence(subject, `frame addressed to ${event.destinationMac}`),
          ...refused.evidence,
        ],
        command(node, netns, ["ip", "-s", "macsec", "show", device(holder.link.name)]),
      );
    }
    return null;
  },
};
