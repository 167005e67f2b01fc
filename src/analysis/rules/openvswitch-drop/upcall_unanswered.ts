/** A packet that Open vSwitch's datapath had no flow for, and that its daemon did not give back. */
import { isUpcall } from "../../kernel/openvswitch.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { lostMeanwhile } from "./upcall_refused.ts";

/** The kernel frees what a full socket refuses as if ovs-vswitchd had got it (`-EAGAIN`). */
export const openvswitchUpcallUnanswered: Rule = {
  id: "R160",
  statement:
    "Freed as handed to ovs-vswitchd and not seen again, where the datapath counted packets lost on the " +
    "way there between the readings before and after: `openvswitch-drop`, likely. The kernel frees what " +
    "a full socket of the daemon refuses as it frees what the daemon got, so the outcome stays " +
    "`unknown`.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event, judgement, node, netns } = subject;
    if (judgement.outcome !== "unknown" || !isUpcall(event)) return null;
    const lost = lostMeanwhile(subject);
    if (lost <= 0) return null;
    return cause(
      "openvswitch-drop",
      "likely",
      `Open vSwitch had no flow in the kernel for a packet from ${
        place(subject)
      }, and ovs-vswitchd, which was to get it, did not give it back`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `packets that its datapath counted meanwhile as lost on the way to ovs-vswitchd: ${lost}`,
        ),
      ],
      [
        ...command(node, netns, ["ovs-dpctl", "show"]),
        ...lookAt("lost counts what ovs-vswitchd had no room for; see that it keeps up"),
      ],
    );
  },
};
