/** A frame that a bridge flooded, but not by the port behind which its host is. */
import { deviceEvent } from "../../correlate/steps.ts";
import { portsTowards } from "../../view/bridge_vlans.ts";
import { holdersOfMac, linkOf } from "../../view/state_view.ts";
import type { Rule } from "../rule.ts";
import { cameInBy } from "../shared/came_in_by.ts";
import { closedTo } from "./bridge_port.ts";

/**
 * The other ports lead to hosts that the frame is not for, whether they are watched or not: by the last of them it
 * did not leave for the one that it is for.
 *
 * What else looks like it: a port that leads there by way of another bridge (then its end is not the host's); an entry
 * of the table that chose the port (then nothing was flooded, and the entry is what is wrong); a port that was closed
 * after the frame had passed it (the reading is of before, and then the frame was seen behind it).
 */
export const floodedPast: Rule = {
  id: "R245",
  title: "Flooded past the port that leads to its host",
  statement:
    "`vanished` behind a port of a bridge, whose table has not the frame's MAC at that port, and the MAC is behind " +
    "another port of the bridge, which is closed to what is flooded, as in R11.",
  yields: [
    "bridge-port-blocked",
    "bridge-port-isolated",
    "bridge-vlan-filtered",
    "link-down",
  ],
  judge(subject) {
    const { judgement, before, world } = subject;
    if (judgement.outcome !== "vanished" || !judgement.awaited || !before) return null;
    const sent = deviceEvent(judgement.end.step);
    const mac = sent.destinationMac;
    const out = linkOf(before, sent.ifindex, sent.device);
    const bridge = out?.masterIfindex;
    if (
      sent.kind !== "device-tx" || mac === undefined || !out?.bridgePort || bridge === undefined
    ) {
      return null;
    }
    if (before.fdb.some((entry) => entry.mac === mac && entry.device === out.name)) return null;
    const leading = portsTowards(before, bridge, holdersOfMac(world.network, mac));
    if (leading.length === 0 || leading.some(({ ifindex }) => ifindex === out.ifindex)) return null;
    const into = cameInBy(subject, sent, bridge)?.link;
    const causes = leading.map((port) => into && closedTo(subject, into, port));
    const [first] = causes;
    return first && causes.every((other) => other?.code === first.code) ? first : null;
  },
};
