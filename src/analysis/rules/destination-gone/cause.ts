/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "destination-gone",
  group: "link",
  means:
    "The packet went to a host that was there while it was watched, and has gone since: a pod that " +
    "was deleted or replaced, a container, a network namespace; or its host has that address no more (a lease that " +
    "ran out, an address that was removed, and its secondary ones with it). A connection that was open then stays to " +
    "it, also behind a service, whose rules are asked for the first packet only; its end may have gone " +
    "without a word, or the client not have heeded it.",
  knows:
    "A reading had the address on the node where the packet died. After that, and before the " +
    "packet, the probe told that the namespace had ended, or the device was in none of the readings " +
    "any more, or the other end of its pair was not; no other device has the address. And the packet died " +
    "as one does whose end is not there. Or the host itself was read with the address before and without it after, and " +
    "refused what came for it. Or a bridge had nobody to send the frame to, and the reading " +
    "after it has none of the ports any more that led there.",
  remedy:
    "The client has to connect anew: look at how it learns that a connection is dead (keepalive, " +
    "`TCP_USER_TIMEOUT`, a timeout for answers), and whether the server closes its connections before it " +
    "ends (`preStop`, a longer grace period). Where an entry of connection tracking holds the connection, " +
    "deleting it has the next packet reset. An answer to a client that is gone is missed by nobody.",
};
