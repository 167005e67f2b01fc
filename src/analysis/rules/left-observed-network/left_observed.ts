/** A packet that left what is watched. */
import { deviceEvent } from "../../correlate/steps.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** Left the last probed device towards what no probe watches. */
export const leftObserved: Rule = {
  id: "R43",
  statement: "Left the last watched device towards what nothing watches: `left-observed-network`.",
  yields: ["left-observed-network"],
  judge(subject) {
    const { judgement } = subject;
    if (
      judgement.end.kind !== "left" || !judgement.beyond || judgement.awaited ||
      judgement.outcome !== "unknown"
    ) {
      return null;
    }
    const sent = deviceEvent(judgement.end.step);
    return cause(
      "left-observed-network",
      "proven",
      `it left ${place(subject)} towards ${wireDestination(sent)}; no probe watches what is beyond`,
      [
        eventEvidence(
          subject,
          sent.destinationMac ? `frame addressed to ${sent.destinationMac}` : undefined,
        ),
        stateEvidence(
          subject.node,
          `no probed node has ${
            sent.destinationMac ? `MAC ${sent.destinationMac} or ` : ""
          }address ${wireDestination(sent)}`,
        ),
      ],
    );
  },
};
