/** A rule that a network plugin made of NetworkPolicies: which of them it stands for. */
import { denialOf } from "../../cluster/policies.ts";
import { findingOf } from "../../netfilter/choose.ts";
import type { Case } from "../case.ts";
import type { Rule } from "../rule.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { POLICY_PLUGINS } from "../shared/policy_names.ts";
import { denialWords } from "../shared/denial_words.ts";
import { refusalOf } from "../shared/refusal.ts";

/** The policies, by evaluating those of the cluster. */
export const byPolicy: Rule = {
  id: "R106",
  title: "Dropped for a NetworkPolicy",
  statement:
    "`netfilter-drop`, `netfilter-reject`. N5 or N6 holds, the rule or one that led to it is " +
    "in a chain that Calico or kube-router makes for policies of pods, and by all NetworkPolicies, pods " +
    "and labels that the API of the cluster told at that time, policies restrict the pod at one of the " +
    "packet's ends and none of them allows it: they are named. Says nothing where one of them may allow " +
    "it, or changed within three seconds: it was something else, or is not known then; nor where the rule " +
    "is of a policy of Calico's own, which alone can refuse, or ends another of its tiers than the default.",
  yields: ["netfilter-drop", "netfilter-reject"],
  judge(subject) {
    const told = clusterAt(subject);
    const { source, destination, protocol, destinationPort, tunnelKind } = subject.event;
    if (!told || source === undefined || destination === undefined || protocol === undefined) {
      return null;
    }
    if (tunnelKind !== undefined || !isInPolicyChain(subject)) return null;
    const refusal = refusalOf(subject, "drop") ?? refusalOf(subject, "reject");
    if (!refusal) return null;
    const packet = { source, destination, protocol, destinationPort };
    const denial = denialOf(told.cluster, packet, told.time);
    if (!denial) return null;
    const why = denialWords(denial);
    return {
      ...refusal,
      sentence: `${refusal.sentence}; ${why}`,
      evidence: [...refusal.evidence, clusterEvidence(told.cluster, why)],
    };
  },
};

function isInPolicyChain(subject: Case): boolean {
  const { named } = findingOf(subject);
  const refusing = named?.rule;
  if (refusing && POLICY_PLUGINS.some(({ isOfItsOwn }) => isOfItsOwn(refusing))) return false;
  const rules = named ? [...named.path, ...(refusing ? [refusing] : [])] : [];
  return rules.some(({ chain }) => POLICY_PLUGINS.some(({ chains }) => chains.test(chain)));
}
