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
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !mayBeDeviceDown(event)) return null;
    const down = downLinks(found);
    if (down.length === 0) return null;
    return causeOfDown(found, down);
  },
};

/** The device itself and its veth peer, where they are down. */
function downLinks(found: Case): DownEnd[] {
  for (const state of [found.before, found.after]) {
    const link = state?.links.find((other) => other.ifindex === found.ifindex);
    const down = link ? downEnds(found, link) : [];
    if (down.length > 0) return down;
  }
  return [];
}
