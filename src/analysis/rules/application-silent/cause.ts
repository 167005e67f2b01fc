/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "application-silent",
  group: "exchanges",
  means:
    "The network brought the question, the host's kernel took it, and the program that it is for " +
    "said nothing: it hangs, waits for something else, or is not made to answer.",
  knows:
    "The question was delivered, the host's devices and drops were watched without loss, and only " +
    "acknowledgements of its kernel went back. Over TCP a program that reads closes when its client " +
    "does; over UDP only bytes that wait in the socket prove that nobody reads. Where connections " +
    "wait at its listener to be accepted, the evidence says how many.",
  remedy:
    "Look at the program: does it accept (Recv-Q of `ss -lnt` is what waits), is it blocked (`/proc/PID/stack`, its log), out of threads, or waiting " +
    "for another service?",
};
