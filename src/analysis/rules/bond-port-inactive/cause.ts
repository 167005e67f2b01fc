/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bond-port-inactive",
  group: "link",
  means:
    "The packet came by a link of a bond that the bond does not hold active, and from such a link " +
    "the host takes nothing: the switch, or whoever is at the other end, sends by another link than " +
    "the one that the host listens at.",
  knows:
    "No protocol took the packet where the stack receives, and the device that it came by is a port " +
    "of a bond and was read to be its backup.",
  remedy:
    "After a failover the switch's table may still have the host behind the old link: the host " +
    "announces itself (`num_grat_arp`), and the switch must believe it. Where the switch spreads " +
    "packets over both links as over a link aggregation group, the bond needs a mode that fits, " +
    "802.3ad with LACP, or the switch's ports must be no group for `active-backup`.",
};
