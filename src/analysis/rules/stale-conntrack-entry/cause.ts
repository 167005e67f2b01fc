/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "stale-conntrack-entry",
  group: "filters",
  means:
    "Rules of NAT are asked for the first packet of a connection only. An entry of connection " +
    "tracking keeps what they said then, and goes on sending to an end that they no longer lead to: " +
    "a client that keeps its port (UDP, often) asks a pod that is gone, and keeps the entry alive by " +
    "asking.",
  knows:
    "The packet was translated to an end to which no rule leads, as all of them were read in that " +
    "namespace before and after it; they lead to others. That an entry from before decides is known " +
    "from the list of entries, or from the packet's connection, which has seen answers.",
  remedy: "Delete the entry: the next packet asks the rules. kube-proxy does that itself for UDP " +
    "when an endpoint goes; where entries stay, look for the `conntrack` tool or the privilege it " +
    "lacks. Clients that use a new port for each question do not have it.",
};
