/** Connection tracking that was seen not to take a new connection in. */
import { isNetfilterDrop, refusalByConntrack } from "../../kernel/netfilter.ts";
import { ctStatesOf } from "../../netfilter/ct_states.ts";
import { rulesetOf } from "../../netfilter/ruleset.ts";
import { eventEvidence, packetText, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** Connection tracking was seen to refuse a packet that begins a connection. */
export const notTakenIn: Rule = {
  id: "R151",
  statement:
    "`conntrack-table-full`, likely: connection tracking was seen not to take the packet in (script " +
    "`refused_conntrack`), which may begin a connection, and no reading of the table shows it full " +
    "(N1): it was so for a moment, or the kernel had no memory. Says nothing of a packet whose " +
    "connection is known: its protocol may have refused that one.",
  yields: ["conntrack-table-full"],
  judge(subject) {
    const { event, node, after, before } = subject;
    if (!isNetfilterDrop(event) || refusalByConntrack(event) !== "not-taken-in") return null;
    const state = after ?? before;
    if (state && !ctStatesOf(subject, rulesetOf(state)).likely.includes("new")) return null;
    const table = state?.conntrack;
    return cause(
      "conntrack-table-full",
      "likely",
      `connection tracking did not take in ${packetText(event)} at ${place(subject)}: it had no ` +
        "room for its connection, or no memory",
      [
        eventEvidence(subject, "refused in nf_conntrack_in"),
        ...(table
          ? [stateEvidence(
            node,
            `net.netfilter.nf_conntrack_count = ${table.count} of ${table.max}, when it was read`,
          )]
          : []),
      ],
      lookAt(
        "drop and early_drop of conntrack -S, and the log of the kernel for nf_conntrack: table full",
      ),
    );
  },
};
