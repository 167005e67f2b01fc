/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "macvlan-isolation",
  group: "link",
  means: "A macvlan or ipvlan device and the device it was made on do not hear each other: what " +
    "either sends goes out by the wire. So a container on such a network is reached from everywhere " +
    "but from its own host. Two macvlan devices of one parent hear each other only in mode bridge, two of ipvlan unless the " +
    "flag private is set.",
  knows:
    "The next hop did not answer, its address is on the other of the two devices, their states " +
    "say which is made on which, and no question was seen to arrive there (a switch that sends " +
    "frames back to where they came from would bring it). Or a frame went out by the parent and did not " +
    "come back, and the modes of the two macvlan devices say that only a switch could bring it. Or ipvlan was handed the packet and freed it, " +
    "which it does for the flag private alone.",
  remedy:
    "Give the host a macvlan device of its own on the same parent, in mode bridge, and send " +
    "what is for the container through it; or set the mode of both devices to bridge.",
};
