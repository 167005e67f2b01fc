/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "traffic-control-drop",
  group: "filters",
  means:
    "A tc filter, policer or BPF program at a device's ingress or egress dropped it, or netem " +
    "was told to lose packets.",
  knows: "The kernel's reason is `TC_INGRESS` or `TC_EGRESS`. The filter is named when its drop " +
    "counter rose, or when it is the only one there that can drop.",
  remedy:
    "With Cilium and other BPF dataplanes the program speaks for a policy: ask its own tool " +
    "(`cilium monitor --type drop`). Else read the filter, `tc -s filter show dev DEVICE " +
    "ingress`.",
};
