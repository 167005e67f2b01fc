/** Which policies a plugin's own rules name: those that a chain stands for, and those that a pod's chain asks. */
import type { NetfilterRule, NetnsState } from "../../../event/state.ts";
import { commentsOf } from "./owners.ts";

/** What the rules say of the policies that a refusal came of, as sentences name them. */
export interface NamedPolicies {
  /** The refusing rule is one of this policy. */
  own: string | null;
  /** Else: policies that were asked before it, and none of which let the packet pass. */
  asked: string[];
}

/** Calico's chains of a policy, by direction. */
const CALICO_POLICY = /^cali-p[io]-(.+)$/;
/** Its chains of a pod, which jump to those. */
const CALICO_POD = /^cali-(?:tw|fw)-/;
/** Felix's comment on each rule of a policy. */
const CALICO_COMMENT = /^Policy (\S+) (?:in|e)gress$/;
/** Its comment where a tier begins: it asks one after the other. */
const TIER_BEGIN = /^Start of (?:policies|tier \S+)$/;
/** kube-router's chain of a pod, and its comment on each jump to a policy. */
const ROUTER_POD = /^KUBE-POD-FW-/;
const ROUTER_COMMENT = /^run through nw policy (\S+)$/;

/** The rule's policies by names of chains and comments; null where it is of neither plugin. */
export function namedPolicies(
  rule: NetfilterRule,
  { netfilter }: Pick<NetnsState, "netfilter">,
): NamedPolicies | null {
  if (CALICO_POLICY.test(rule.chain)) return { own: calicoPolicy(rule.chain, [rule]), asked: [] };
  const isBefore = (other: NetfilterRule) =>
    other.family === rule.family && other.table === rule.table && other.tool === rule.tool &&
    other.chain === rule.chain && other.position < rule.position;
  const before = netfilter.filter(isBefore);
  if (CALICO_POD.test(rule.chain)) {
    const begin = before.findLastIndex((one) =>
      commentsOf(one).some((text) => TIER_BEGIN.test(text))
    );
    const chains = before.slice(begin + 1).flatMap(({ text }) =>
      /-[jg] (cali-p[io]-\S+)|\bjump (cali-p[io]-\S+)/.exec(text)?.slice(1).find(Boolean) ?? []
    );
    const asked = chains.map((chain) =>
      calicoPolicy(
        chain,
        netfilter.filter((one) => one.chain === chain && one.table === rule.table),
      )
    );
    return { own: null, asked: unique(asked) };
  }
  if (!ROUTER_POD.test(rule.chain)) return null;
  const asked = before.flatMap(commentsOf).flatMap((comment) =>
    ROUTER_COMMENT.exec(comment)?.[1] ?? []
  );
  const [namespace] = commentsOf(rule).flatMap((one) => / namespace: ?(\S+)$/.exec(one)?.[1] ?? []);
  const inside = namespace === undefined ? "" : `${namespace}/`;
  return { own: null, asked: unique(asked.map((name) => `NetworkPolicy ${inside}${name}`)) };
}

/**
 * Of a chain with a policy's name: by a comment of its rules, else by the chain's own, where it is no hash.
 * Calico calls the NetworkPolicy shop/web `shop/knp.default.web`.
 */
function calicoPolicy(chain: string, rules: readonly NetfilterRule[]): string {
  const comment =
    rules.flatMap(commentsOf).flatMap((one) => CALICO_COMMENT.exec(one)?.[1] ?? [])[0];
  const name = comment ?? CALICO_POLICY.exec(chain)![1]!;
  const kubernetes = /^([^/\s]+)\/knp\.default\.(\S+)$/.exec(name);
  if (kubernetes) return `NetworkPolicy ${kubernetes[1]}/${kubernetes[2]}`;
  return comment === undefined ? `the policy of its chain ${chain}` : `Calico policy ${name}`;
}

/** What makes netfilter rules of NetworkPolicies. */
interface PolicyPlugin {
  /** Names of its chains for policies and pods. */
  chains: RegExp;
  /** NetworkPolicies only allow: a rule that refuses in a policy, or in a tier, is of the plugin's own kinds. */
  isOfItsOwn(rule: NetfilterRule): boolean;
}

/** Those whose rules are known: Calico and kube-router. */
export const POLICY_PLUGINS: readonly PolicyPlugin[] = [
  {
    chains: /^cali-(?:tw|fw|pi|po)-/,
    isOfItsOwn: (rule) =>
      CALICO_POLICY.test(rule.chain) || (calicoTier(rule) ?? "default") !== "default",
  },
  { chains: /^KUBE-(?:POD-FW|NWPLCY)-/, isOfItsOwn: () => false },
];

const unique = (names: readonly string[]) => [...new Set(names)];

/** Calico's tier that the rule ends; null where it ends none. */
function calicoTier(rule: NetfilterRule): string | null {
  const tiers = commentsOf(rule).flatMap((one) => /^End of tier (\S+)\. /.exec(one)?.[1] ?? []);
  return tiers[0] ?? null;
}
