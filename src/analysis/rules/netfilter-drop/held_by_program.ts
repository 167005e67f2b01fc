/** What waits in the queue of a program that netfilter hands packets to, of which no script tells. */
import { queuedBy } from "../../netfilter/queued.ts";
import { packetText, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { handedOn } from "./handed_on.ts";

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
    const { event, judgement } = subject;
    if (event.kind !== "device-rx" || judgement.outcome !== "unknown") return null;
    if (judgement.gap?.code !== "held-silently") return null;
    const handed = handedOn(subject, queuedBy);
    if (handed === null) return null;
    return cause(
      "netfilter-drop",
      "likely",
      `${handed.rule} hands ${
        packetText(event)
      } to a program, which was not seen to give it back, at ${place(subject)}${handed.counted}`,
      handed.evidence,
      handed.remedy,
    );
  },
};
