/** What waits in the queue of a program that netfilter hands packets to, of which no script tells. */
import { snapshotsAround } from "../../netfilter/counters.ts";
import { queuedBy, takenBy } from "../../netfilter/queued.ts";
import { ruleEvidence, suspectText } from "../../netfilter/words.ts";
import { gapsOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, packetText, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/**
 * A program that hangs, or waits for another one, keeps what it was handed: the packet is neither freed
 * nor sent on.
 *
 * What else looks like it: another part of the kernel that holds packets in silence (reassembly, a device
 * that encrypts), where the program gave this one back before. So the packet stays `unknown`.
 */
export const heldByProgram: Rule = {
  id: "R222",
  title: "What waits for a program of an NFQUEUE",
  statement:
    "Received, and no script saw what became of it, while one rule of that namespace hands such packets to " +
    "a program (NFQUEUE): one that counted packets between the readings around it, or that counts none and " +
    "surely takes this one: `netfilter-drop`, likely; the packet stays `unknown`.",
  yields: ["netfilter-drop"],
  judge(subject) {
    const { event, judgement, node, netns } = subject;
    if (event.kind !== "device-rx" || judgement.outcome !== "unknown") return null;
    if (judgement.gap?.code !== "held-silently") return null;
    const around = snapshotsAround(node, netns, event.at);
    const state = around.after?.state ?? around.before?.state;
    if (state === undefined) return null;
    if (gapsOf(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"]).length > 0) {
      return null;
    }
    const rule = queuedBy(subject, state, around);
    if (rule === null) return null;
    const taken = takenBy(rule, around);
    const counted = taken === null ? "" : `; it took ${taken} meanwhile`;
    return cause(
      "netfilter-drop",
      "likely",
      `${suspectText(rule)} hands ${
        packetText(event)
      } to a program, which was not seen to give it back, at ${place(subject)}${counted}`,
      [eventEvidence(subject), ruleEvidence(subject, rule.rule!, around)],
      command(node, netns, ["cat", "/proc/net/netfilter/nfnetlink_queue"]),
    );
  },
};
