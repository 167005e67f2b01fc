/** A queueing discipline that counted a drop, on a kernel that does not say which free was its. */
import { isUntoldListFree } from "../../kernel/queues.ts";
import type { Rule } from "../rule.ts";
import { countedBy, queuesOf } from "./counted.ts";
import { ofQueue } from "./queue.ts";

/**
 * Older kernels free in the same function what a device that is down does not take, and parts of a packet:
 * of these no discipline counts a drop.
 */
export const queueUntold: Rule = {
  id: "R179",
  statement:
    "Freed without a reason in `kfree_skb_list`, at a device of which a queueing discipline counted drops " +
    "while it was watched: the answer of R32, no more than likely; possible where it was read once alone, and " +
    "had counted some.",
  yields: ["queue-overflow", "traffic-control-drop"],
  judge(subject) {
    if (!isUntoldListFree(subject.event)) return null;
    const found = ofQueue(subject);
    if (countedBy(subject).length > 0) {
      return found.confidence === "proven" ? { ...found, confidence: "likely" } : found;
    }
    const { node, netns } = subject;
    const isReadOnce = node.states.get(netns ?? -1)?.length === 1;
    const hasCounted = queuesOf(subject).some(({ now }) => now.drops > 0);
    return isReadOnce && hasCounted ? { ...found, confidence: "possible" } : null;
  },
};
