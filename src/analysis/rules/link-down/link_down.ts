/** A device on the way that is down, or its carrier. */
import { mayBeDeviceDown } from "../../kernel/transmission.ts";
import type { Case } from "../case.ts";
import type { Rule } from "../rule.ts";
import { causeOfDown, type DownEnd, downEnds } from "../shared/carrier.ts";

/** The device or its carrier is down. */
export const linkDown: Rule = {
  id: "R10",
  statement:
    "Freed in transmission, and the device or its peer was down: `link-down`. The peer may be " +
    "another node's, when both ends say so.",
  yields: ["link-down"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !mayBeDeviceDown(event)) return null;
    const down = downLinks(subject);
    if (down.length === 0) return null;
    return causeOfDown(subject, down);
  },
};

/** The device itself and its veth peer, where they are down. */
function downLinks(subject: Case): DownEnd[] {
  for (const state of [subject.before, subject.after]) {
    const link = state?.links.find((other) => other.ifindex === subject.ifindex);
    const down = link ? downEnds(subject, link) : [];
    if (down.length > 0) return down;
  }
  return [];
}
