/** How it is told that a network namespace is no more. */
import { emptyState, type NetnsState } from "./state.ts";

/** That a namespace, as it was known, has ended. What does not know of `ended` takes it for unread. */
export function endedState(
  { netns, name, holder }: Pick<NetnsState, "netns" | "name" | "holder">,
  timeNs: string,
): NetnsState {
  return emptyState(netns, timeNs, {
    ...(name === undefined ? {} : { name }),
    ...(holder === undefined ? {} : { holder }),
    ended: true,
    gaps: [{ what: "state", why: "the namespace has ended" }],
  });
}
