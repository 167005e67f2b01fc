/** Answers of a host's kernel that wait in the queue of a program that netfilter hands them to. */
import { snapshotsAround } from "../../netfilter/counters.ts";
import { answerQueuedBy, takenBy } from "../../netfilter/queued.ts";
import { ruleEvidence, suspectText } from "../../netfilter/words.ts";
import { netnsName } from "../../view/netns_names.ts";
import { gapsOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

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
    const { event, node, netns } = subject;
    const around = snapshotsAround(node, netns, event.at);
    const state = around.after?.state ?? around.before?.state;
    if (state === undefined) return null;
    if (gapsOf(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"]).length > 0) {
      return null;
    }
    const rule = answerQueuedBy(subject, state, around);
    if (rule === null) return null;
    const taken = takenBy(rule, around);
    const counted = taken === null ? "" : `; it took ${taken} meanwhile`;
    return cause(
      "netfilter-drop",
      "likely",
      `${suspectText(rule)} hands what ${
        netnsName(node, netns)
      } on ${node.name} answers to a program, which was not seen to give it back${counted}`,
      [eventEvidence(subject), ruleEvidence(subject, rule.rule!, around)],
      command(node, netns, ["cat", "/proc/net/netfilter/nfnetlink_queue"]),
    );
  },
};
