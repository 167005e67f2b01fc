/** A program of Cilium that dropped what the cluster's NetworkPolicies do not allow. */
import { denialOf } from "../../cluster/policies.ts";
import { trafficControlSide } from "../../kernel/queues.ts";
import type { Rule } from "../rule.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { denialWords } from "../shared/denial_words.ts";
import { programOwner } from "../shared/other_owners.ts";
import { filtersOf, programText, trafficControl } from "./traffic_control.ts";

/** The policies, by evaluating those of the cluster. */
export const ciliumPolicy: Rule = {
  id: "R132",
  title: "Dropped by Cilium for a NetworkPolicy",
  statement:
    "`traffic-control-drop`, likely. R30 holds, the one filter that can have dropped the packet is a " +
    "program of Cilium, and by all NetworkPolicies, pods and labels that the API of the cluster told at " +
    "that time, policies restrict the pod at one of the packet's ends and none of them allows it (as " +
    "R106). What could look like it: a policy of Cilium's own, which the API is not asked for, allows it, " +
    "and the program dropped it for something else; hence never more than likely.",
  yields: ["traffic-control-drop"],
  judge(subject) {
    const { event } = subject;
    const { source, destination, protocol, destinationPort, tunnelKind } = event;
    const told = clusterAt(subject);
    if (!told || source === undefined || destination === undefined || protocol === undefined) {
      return null;
    }
    const side = trafficControlSide(event);
    if (tunnelKind !== undefined || side === null) return null;
    const [filter] = filtersOf(subject, side).only;
    if (!filter || !programOwner(programText(filter))?.startsWith("Cilium ")) return null;
    const dropped = trafficControl.judge(subject);
    if (!dropped) return null;
    const denial = denialOf(
      told.cluster,
      { source, destination, protocol, destinationPort },
      told.time,
    );
    if (!denial) return null;
    const why = denialWords(denial);
    return {
      ...dropped,
      confidence: "likely",
      sentence: `${dropped.sentence}; ${why}`,
      evidence: [...dropped.evidence, clusterEvidence(told.cluster, why)],
    };
  },
};
