/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "macsec-refused",
  group: "tunnels",
  means: "The macsec device that the frame went to refused what came for it: another key, an " +
    "association that it does not have, or a packet number that it had before. Or the one that was " +
    "to send it has no association to send by.",
  knows: "The frame went to the link address of a macsec device of a watched node, which got " +
    "nothing of it, and one of the device's two counters of refused frames rose while it was " +
    "watched. Which frame the packet was in is not seen, so it is likely. What a macsec device does not " +
    "send its own function frees, as it does what it finds no memory for.",
  remedy:
    "Compare `ip macsec show` of both ends: each needs a receive association with the other's " +
    "number (AN) and key, and a transmit association that is on. After a replay let both ends agree on new associations (MKA, " +
    "wpa_supplicant), or set the packet number of the one that began anew.",
};
