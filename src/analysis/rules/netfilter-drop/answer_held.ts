/** Answers of a host's kernel that wait in the queue of a program that netfilter hands them to. */
import { answerQueuedBy } from "../../netfilter/queued.ts";
import { netnsName } from "../../view/netns_names.ts";
import { cause, type Rule } from "../rule.ts";
import { handedOn } from "./handed_on.ts";

/**
 * What a host answers passes its hooks of output before a device has it, so that what waits there for a
 * program was never seen. A kernel answers a SYN that it takes, and an echo: that these were not sent has a
 * reason; a program that is asked may say nothing.
 */
export const answerHeldByProgram: Rule = {
  id: "R223",
  title: "Answers that wait for a program of an NFQUEUE",
  statement:
    "A SYN or an echo request was taken, and no answer was sent, while one rule of the host's output hands " +
    "such answers to a program (NFQUEUE): one that counted packets between the readings around it, or that " +
    "counts none and surely takes them: `netfilter-drop`, likely.",
  yields: ["netfilter-drop"],
  judge(subject) {
    const { node, netns } = subject;
    const handed = handedOn(subject, answerQueuedBy);
    if (handed === null) return null;
    return cause(
      "netfilter-drop",
      "likely",
      `${handed.rule} hands what ${
        netnsName(node, netns)
      } on ${node.name} answers to a program, which was not seen to give it back${handed.counted}`,
      handed.evidence,
      handed.remedy,
    );
  },
};
