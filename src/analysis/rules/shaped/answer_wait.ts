/** How long an answer that the kernel makes by itself waited before it left its host. */
import { SLOW_NS } from "../../exchange/course.ts";
import { isEchoReply } from "../../kernel/protocols.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { leftOutIn } from "../../view/coverage.ts";
import type { Sighting } from "../../view/timeline.ts";

/** An answer that left late. */
export interface AnswerWait {
  /** Where it left its host. */
  left: Sighting;
  /** From the question's last sighting there, ns. */
  ns: number;
}

/**
 * The longest wait of an echo reply: its kernel makes it while it takes the request, and what its device's
 * queue holds is seen by no tracepoint before it leaves. Null where none waited as long as an exchange
 * that is slow. Where runs were left out in between it may have been another request.
 */
export function longestAnswerWait(
  questions: readonly Judgement[],
  answers: readonly Judgement[],
): AnswerWait | null {
  let longest: AnswerWait | null = null;
  for (const answer of answers) {
    const left = answer.steps[0]!.event;
    if (answer.packet.ambiguous || left.kind !== "device-tx" || !isEchoReply(left)) continue;
    const asked = questions.filter((question) =>
      question.steps[0]!.event.icmpSequence === left.icmpSequence
    );
    const [question] = asked;
    if (!question || asked.length > 1 || question.packet.ambiguous) continue;
    const came = question.steps.map(({ event }) => event).findLast(({ kind, node, netns }) =>
      kind === "device-rx" && node === left.node && netns === left.netns
    );
    if (!came) continue;
    const ns = left.at - came.at;
    if (ns < SLOW_NS || (longest !== null && longest.ns >= ns)) continue;
    if (leftOutIn(left.node, { node: left.node, from: came.at, to: left.at })) continue;
    longest = { left, ns };
  }
  return longest;
}
