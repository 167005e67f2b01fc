/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bridge-port-isolated",
  group: "link",
  means: "The port it came in by and the port it would leave by are both isolated, and isolated " +
    "ports don't talk to each other.",
  knows: "The bridge did not pass the frame on, and both ports carry the `isolated` flag in the " +
    "state read on that node.",
  remedy:
    "If the two should talk, clear the flag on one: `bridge link set dev PORT isolated off`. " +
    "Some CNIs and hypervisors set it on purpose, to send all traffic through a gateway.",
};
