/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "link-down",
  group: "link",
  means:
    "A device on the way, or its carrier, is down, or its other end is. Or a team has no port to send by.",
  knows: "The packet died where the kernel hands packets to devices, and the device read on that " +
    "node lacks `UP` or `LOWER_UP`. When the other end of a veth pair was set down, that one " +
    "is named: the missing carrier on this side is only its effect.",
  remedy:
    "Set the device up. If it goes down again, look for who does that: a failed DHCP client, " +
    "a CNI that removes the pod, a cable or a switch port.",
};
