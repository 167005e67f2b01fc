/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "unexplained",
  group: "edge",
  means: "The kernel dropped the packet, and nothing more is known than its reason and function.",
  knows:
    "There was a drop, and no rule could prove a cause. The kernel's reason and the function " +
    "that freed the packet are named as they are.",
  remedy:
    "Look both up: the reason in `include/net/dropreason-core.h` of that kernel's source, the " +
    "function in the source itself. Then tell the project: an archive of the incident " +
    "(`lasthop archive`) is what a new rule is made from.",
};
