/** What is said of a rule that a controller keeps: who wrote it, and the object to change. */
import type { NetfilterRule, NetnsState } from "../../../event/state.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { named } from "../word.ts";
import { lookAt } from "./checked.ts";
import { firewalldWords } from "./firewalld_words.ts";
import { commentsOf, type Controller } from "./owners.ts";
import { namedPolicies } from "./policy_names.ts";

/**
 * `policy`: the chain whose policy it is. `rules`: else the rule, then those that led to it. `state`: where
 * names of policies are looked for.
 */
export function ownerWords(
  subject: Case,
  owner: Controller,
  policy: string | null,
  rules: readonly NetfilterRule[],
  state: NetnsState,
): string[] {
  const wrote = policy === null
    ? `${owner.name} wrote this rule`
    : `${owner.name} sets the policy of ${policy}`;
  const chains = rules.map(({ chain }) => chain);
  const policies = policyWords(rules, state);
  switch (owner.name) {
    case "kube-proxy":
    case "kube-router": {
      const words = kubernetesWords(owner, rules, policies);
      if (words) return words;
      break;
    }
    case "Calico":
      return lookAt(`${wrote}: ${policies ?? `look at ${calicoObject(chains) ?? owner.object}`}`);
    case "ufw":
      return lookAt(`${wrote}: it is ufw that has to let the packet pass`);
    case "Docker":
      return lookAt(
        `${wrote}: look at ${owner.object}, and mind that DOCKER-USER is for rules of yours`,
      );
    case "firewalld":
      return lookAt(`${wrote}: it is changed there, see ${firewalldWords(subject, chains)}`);
  }
  return lookAt(`${wrote}: look at ${owner.object}`);
}

const SHOWN_MAX = 4;

/** The policies that the rules themselves name. */
function policyWords([rule]: readonly NetfilterRule[], state: NetnsState): string | null {
  const found = rule && namedPolicies(rule, state);
  if (!found) return null;
  if (found.own !== null) return `look at ${found.own}`;
  const { asked } = found;
  if (asked.length === 0) return null;
  const more = asked.length - SHOWN_MAX;
  return `it was let pass by none of ${asked.slice(0, SHOWN_MAX).join(", ")}${
    more > 0 ? ` and ${more} more` : ""
  }`;
}

/** The chains of a pod have the name of its device. */
function calicoObject(chains: readonly string[]): string | null {
  const device = chains.map((name) => /^cali-[ft]w-(.+)$/.exec(name)?.[1]).find(Boolean);
  return device ? `the policies that select the pod behind ${device}` : null;
}

/** The Service, or the pod, that a rule's comment names. */
function kubernetesWords(
  { name: by }: Controller,
  rules: readonly NetfilterRule[],
  policies: string | null,
): string[] | null {
  for (const comment of rules.flatMap(commentsOf)) {
    const service = /^([\w.-]+)\/([\w.-]+?)(?::[\w.-]*)?(?: has no (local )?endpoints)$/
      .exec(comment);
    if (service) {
      const [, namespace, name, local] = service;
      return [
        ...lookAt(
          `${by} wrote this rule for Service ${namespace}/${name}, which has no ready ` +
            `endpoint${local ? " on this node, as externalTrafficPolicy Local wants" : ""}`,
        ),
        ...commandAnywhere([
          ...["kubectl", "-n", named(namespace), "get", "endpointslices"],
          ...["-l", named(`kubernetes.io/service-name=${name}`)],
        ]),
      ];
    }
    const pod = /POD name: ?([\w.-]+) namespace: ?([\w.-]+)/.exec(comment);
    if (pod) {
      return [
        ...lookAt(
          `${by} wrote this rule for pod ${pod[2]}/${pod[1]}: ${policies ?? "no policy allows it"}`,
        ),
        ...commandAnywhere(["kubectl", "-n", named(pod[2]), "get", "networkpolicies"]),
      ];
    }
  }
  return null;
}
