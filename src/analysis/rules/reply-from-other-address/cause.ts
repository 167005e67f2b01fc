/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "reply-from-other-address",
  group: "exchanges",
  means:
    "The answer came from another address than the one that was asked. A connected socket, and " +
    "most resolvers, refuse such an answer: the program waits until it gives up.",
  knows:
    "The answer was seen at the client's end with a source that the question was neither sent " +
    "nor translated to. The state of the host that sent it says whether it has both addresses, and " +
    "whether the program's socket is bound to one of them.",
  remedy:
    "Bind the program to the address that clients ask, or let it answer from the address that a " +
    "question came to (`IP_PKTINFO`; most servers have a setting for it). A route with `src` to that " +
    "address helps where the program can't be changed.",
};
