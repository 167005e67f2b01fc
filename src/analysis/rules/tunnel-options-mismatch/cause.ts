/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-options-mismatch",
  group: "tunnels",
  means:
    "The two ends of a tunnel do not agree on what is in its header. Of GRE the receiver's device refuses " +
    "a packet without what it demands (`icsum`, `iseq`), a checksum that it does not expect, and a " +
    "number that is lower than one it has seen; of vxlan the group of a policy (`gbp`), which it does not know; of a tunnel of IPv6 that its packets may go into no other one (`encaplimit`), which is one; of geneve packets without frames (`innerprotoinherit`).",
  knows: "The tunnel's receiver freed the packet, and the options of the device that has its " +
    "ends and key were read, at the sender as well where that is watched.",
  remedy:
    "Give both ends the same options: what one writes (`ocsum`, `oseq`) the other must demand " +
    "(`icsum`, `iseq`). Numbers are of use for links that keep the order alone; after a restart of the " +
    "sender the receiver's device has to be made anew.",
};
