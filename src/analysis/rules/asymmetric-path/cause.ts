/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "asymmetric-path",
  group: "exchanges",
  means:
    "The answer goes another way than its question came. That is no fault by itself; it fails " +
    "where something on one way has to see both directions: connection tracking, translation, a " +
    "reverse path filter, a network that is not the one it is taken for.",
  knows: "One namespace was seen to take in the question by one device and to send the answer by " +
    "another; the routing tables as read choose that device. It is said only of an exchange that failed.",
  remedy: "Make the answer's route that of the question (a more specific route, a rule by source " +
    "address and a table of its own), or let whatever needs both directions stand where both pass.",
};
