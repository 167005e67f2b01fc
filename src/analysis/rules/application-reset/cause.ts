/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "application-reset",
  group: "exchanges",
  means:
    "One end's program, not the network, ended a connection by a reset: everything that it had " +
    "not read or sent is lost.",
  knows:
    "The reset was first seen where that end's host sent it, in a namespace that has the end's " +
    "address. The kernel tells when it made a reset because it knew no such connection; then the " +
    "program had ended before.",
  remedy:
    "Ask the program's log at that moment: a crash, a limit, a timeout shorter than the other " +
    "end's, data that it did not read before it closed.",
};
