/** What a policy of IPsec asks to be encrypted, and no state can. */
import { isDiscarded } from "../../kernel/routing.ts";
import { policyFor } from "../../view/ipsec.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { risen } from "../shared/xfrm_counters.ts";

/** The kernel's counter of packets for which there was no state. */
const COUNTER = "XfrmOutNoStates";

/**
 * While a key daemon is asked for a state, what a host sends itself is given a way that discards it.
 *
 * What else looks like it: a blackhole route frees in the same function, which the tables show and
 * another rule says before this one (R2); and so does a device that is removed, of which no counter of
 * IPsec knows.
 */
export const ipsecStateless: Rule = {
  id: "R169",
  title: "A policy of IPsec without a state",
  statement:
    "Freed by a way that discards (`dst_discard_out`), which no route is, where a policy read of IPsec for " +
    "what is sent has both ends of the packet and `XfrmOutNoStates` rose between the states before and " +
    "after: `ipsec-policy`, proven.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (!isDiscarded(event) || !before || !after) return null;
    const { source, destination } = event;
    if (source === undefined || destination === undefined) return null;
    const policy = policyFor(before, source, destination);
    if (policy === undefined || !risen(before, after, "XfrmOut").includes(COUNTER)) return null;
    return cause(
      "ipsec-policy",
      "proven",
      `a policy of IPsec in ${
        netnsName(node, netns)
      } on ${node.name} asks for the encryption of what goes from ${source} to ${destination}, and ` +
        "there was no state for it",
      [
        eventEvidence(subject),
        stateEvidence(node, `xfrm_stat: ${COUNTER} rose`),
        stateEvidence(node, policy),
      ],
      command(node, netns, ["ip", "xfrm", "state", "show", "nokeys"]),
    );
  },
};
