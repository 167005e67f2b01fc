/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "shaped",
  group: "exchanges",
  means:
    "A queueing discipline on the way keeps a rate: it holds packets back, and drops what has no " +
    "room. The exchange goes on, slower.",
  knows:
    "Packets of the exchange were seen to be dropped by the queueing discipline, or to leave its " +
    "device late, and the state as read has a shaper there (tbf, htb, hfsc, cake, netem) with its rate.",
  remedy:
    "Find out who set the rate: a pod's `kubernetes.io/egress-bandwidth` annotation, a CNI's " +
    "bandwidth plugin, `tc` in a start script. Raise it there, or send less.",
};
