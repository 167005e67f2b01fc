/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "destination-mac-mismatch",
  group: "link",
  means:
    "The frame was addressed to another MAC than that of the device it came to, so the kernel " +
    "took it for another host's and dropped it. Or to the MAC of a host that is not the next " +
    "hop, which got it and does not forward. Or two devices of one link have the same MAC. Or a " +
    "bridge has the MAC in its table as its own, so that it sends such frames to no port. Or the port of a " +
    "bond or team that it came in by has another MAC than the bond or team. Or its sender asks nobody for MACs " +
    "(`NOARP`), and addressed it to itself.",
  knows: "The kernel classed the frame as `OTHERHOST`. The frame's destination MAC differs from " +
    "the device's own, and the evidence names the neighbour entry, on whichever probed node, " +
    "that supplied the wrong one. Or the host that took the frame and dropped it has not the " +
    "address that this entry is for. Of two devices with one MAC both are named.",
  remedy: "Either the device gets the MAC that everybody resolves (the usual repair for a peer " +
    "pod), or the neighbour entry is set right. If a controller wrote the entry (OVN, a " +
    "cloud, a CNI), repair it there, else it returns.",
};
