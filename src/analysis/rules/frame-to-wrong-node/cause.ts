/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "frame-to-wrong-node",
  group: "link",
  means: "The frame went to a host that has not the address of the next hop. The sender has a " +
    "neighbour entry from before that address moved, or one that was set wrongly. Or the host answers " +
    "ARP for others (`proxy_arp`), and a route of its own covers a part of the link.",
  knows: "The packet died on a host whose device has the MAC of the frame, and which has no such " +
    "address in any reading around its death. Another probed node has the address, on the sender's " +
    "network and with another MAC. Routers, proxies of ARP, addresses on loopback devices and MACs " +
    "that several ports share are told apart.",
  remedy: "Delete the entry on the sender, so that it asks again. That an address moves without " +
    "its neighbours being told is the fault behind it: whatever moves it must announce it " +
    "(gratuitous ARP, unsolicited neighbour advertisement), and no entry for it may be permanent.",
};
