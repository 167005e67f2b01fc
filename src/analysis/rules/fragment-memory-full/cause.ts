/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "fragment-memory-full",
  group: "queues",
  means:
    "The host puts fragments together again, and those that wait for others take as much memory as they " +
    "may, so that it begins no further packet.",
  knows:
    "The kernel freed a fragment where it looks for the packet that it belongs to, and the memory of " +
    "waiting fragments was read to be above its limit (`ipfrag_high_thresh`). The limit is the namespace's.",
  remedy:
    "Find out whose fragments never become whole (`nstat -az IpReasmTimeout IpReasmFails`): a path " +
    "that loses some of them, or a flood of them. A larger limit helps against bursts, and packets " +
    "that fit the path's MTU need none of it.",
};
