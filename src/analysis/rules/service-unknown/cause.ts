/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "service-unknown",
  group: "filters",
  means:
    "The packet was sent to an address among those of the cluster's services, and no service " +
    "has it, or the one that has it does not have that port. So nothing translated it, and it " +
    "went wherever the routes lead.",
  knows:
    "The cluster's API was asked, and all of its services were known when the packet was sent: " +
    "the list was whole and the watch had not broken. The address was another service's until it " +
    "was deleted, or it lies in the smallest network that has the addresses of all services, and no " +
    "pod, node, endpoint or probed node has it.",
  remedy:
    "Where does the client have the address from? A service that was deleted and made again has " +
    "another one: restart what remembers it, or ask by the service's name. For a port, compare it " +
    "with `kubectl get service`.",
};
