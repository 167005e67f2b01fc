/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "service-without-endpoint",
  group: "filters",
  means:
    "The packet went to a service address that no rule translated, that was translated to an " +
    "address nobody holds, or that a rule refuses for want of endpoints.",
  knows:
    "One of three: rules read on a probed node translate that address, and this packet still " +
    "has it; or it has been translated, the new address belongs to no probed node, and the " +
    "packet died for want of a route or a neighbour; or the rule that dropped it is the one " +
    "that kube-proxy makes for a service without endpoints. With the cluster's API also: of all " +
    "endpoints none is ready, or none on the node whose own alone count; or no rule of the node " +
    "translates a port that is a service's node port.",
  remedy: "Has the service endpoints (`kubectl get endpointslices`), and do they exist still? Is " +
    "kube-proxy, or what stands in for it, running on the node that should translate? With " +
    "`externalTrafficPolicy: Local`, a node without a local endpoint drops.",
};
