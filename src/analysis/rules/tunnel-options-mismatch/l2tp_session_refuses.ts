/** L2TP that its session refuses. */
import { isRefusedBySession } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** A session has the id, and wants another cookie, or numbers in order. Sessions are not read. */
export const l2tpSessionRefuses: Rule = {
  id: "R229",
  title: "L2TP that its session refuses",
  statement:
    "Freed without a reason where a session of L2TP takes what has its id: `tunnel-options-mismatch`, likely. It " +
    "refuses another cookie than its peer's, or what comes out of order; sessions are not read.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (!isRefusedBySession(event)) return null;
    return cause(
      "tunnel-options-mismatch",
      "likely",
      `${node.name} received L2TP from ${event.source}, and the session that it is for refuses it: it has another ` +
        "cookie than the peer writes, or wants numbers in order",
      [eventEvidence(subject)],
      command(node, netns, ["ip", "l2tp", "show", "session"]),
    );
  },
};
