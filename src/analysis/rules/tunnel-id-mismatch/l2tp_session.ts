/** L2TP over IP for a session that is not there. */
import { isInSessionLookup } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** No session has the id. Sessions are not read. */
export const l2tpSession: Rule = {
  id: "R228",
  title: "L2TP for a session that is not there",
  statement:
    "Freed without a reason by the receiver of L2TP over IP, which is where it looks for the session: " +
    "`tunnel-id-mismatch`, likely. Sessions are not read, and it frees there what is too short, too.",
  yields: ["tunnel-id-mismatch"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (!isInSessionLookup(event)) return null;
    return cause(
      "tunnel-id-mismatch",
      "likely",
      `${node.name} received L2TP from ${event.source}, and no session there has the id that it is for`,
      [eventEvidence(subject)],
      command(node, netns, ["ip", "l2tp", "show", "session"]),
    );
  },
};
