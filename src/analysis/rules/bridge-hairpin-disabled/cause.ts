/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bridge-hairpin-disabled",
  group: "link",
  means: "The frame would have to leave the bridge by the port it came in by, and hairpin is off " +
    "there.",
  knows: "The bridge did not pass the frame on, its destination is learned or stated behind the " +
    "same port, and `hairpin` is off in the port's state. Typical for a pod that reaches " +
    "itself by its own service address.",
  remedy:
    "`bridge link set dev PORT hairpin on`, or the setting of the CNI or kubelet that does it " +
    "(`hairpinMode`).",
};
