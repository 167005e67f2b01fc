/** Rules that let packets pass up to a limit: what comes beyond it meets the rules after them. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { type Suspect, travellerOf } from "./candidates.ts";
import { evaluate } from "./evaluate.ts";
import { metBy } from "./rule_index.ts";
import { type ChainName, chainOfRule, rulesetOf } from "./ruleset.ts";
import type { Traveller } from "./traveller.ts";

/** Words of matches that hold for so many packets, bytes or connections and no more. */
const LIMITS =
  /-m (?:limit|hashlimit|connlimit|quota|quota2|rateest)\b|\blimit rate (?!over\b)|\bct count (?!over\b)|\bquota (?!over\b)/;

/**
 * The rules before the one that refused the packet, in its chain, that would have let such a packet
 * pass while their limit lasted.
 */
export function limitedBefore(
  subject: Case,
  { rule, base, pass, worlds }: Suspect,
  state: NetnsState,
): NetfilterRule[] {
  const [world] = worlds;
  if (!world) return [];
  const ruleset = rulesetOf(state);
  const chain: ChainName = rule
    ? chainOfRule(rule)
    : { ...base.chain, legacy: base.legacy === true };
  const at: Traveller = { ...travellerOf(subject, ruleset, world), ...pass.view };
  return metBy(ruleset.rules(chain), at.headers).filter((each) => {
    if (rule && each.position >= rule.position) return false;
    if (!LIMITS.test(each.text)) return false;
    const isChain = (name: string) => ruleset.isChain({ ...chainOfRule(each), name });
    const { match, verdicts } = evaluate(each, at, isChain);
    return match !== "no" &&
      verdicts.some(({ do: verdict }) => verdict === "accept" || verdict === "return");
  });
}
