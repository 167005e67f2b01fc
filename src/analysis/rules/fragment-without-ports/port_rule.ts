/** The rule that would have accepted a fragment, had it had the ports of its packet. */
import { altered } from "../../../event/altered.ts";
import type { NetfilterRule, NetnsState } from "../../../event/state.ts";
import { type Suspect, suspectsOf } from "../../netfilter/candidates.ts";
import type { Around } from "../../netfilter/counters.ts";
import { evaluate } from "../../netfilter/evaluate.ts";
import { type Headers, headersOf } from "../../netfilter/hook_packet.ts";
import { chainOfRule, rulesetOf } from "../../netfilter/ruleset.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** Who dropped the fragment, and what was read of the rules. */
export interface Refusal {
  named: Suspect;
  state: NetnsState;
  around: Around;
}

/**
 * The rule that accepts by a port what the fragment belongs to. Null when there is none, when the one
 * that dropped it would have dropped the whole packet, too, or when it asks for fragments itself.
 */
export function portRuleOf(
  subject: Case,
  { named, state, around }: Refusal,
  first: Sighting,
): NetfilterRule | null {
  const { event } = subject;
  const ruleset = rulesetOf(state);
  const match = (rule: NetfilterRule, headers: Headers) => {
    const isChain = (name: string) => ruleset.isChain({ ...chainOfRule(rule), name });
    const mark = { value: 0, known: 0 };
    return evaluate(rule, {
      ...named.pass.view,
      ...{ headers, mark, state, set: ruleset.set, ctState: named.ctStates[0] ?? null },
      ...{ ctStatus: undefined, ctDirection: undefined },
    }, isChain);
  };
  const { sourcePort, destinationPort } = first;
  const whole = altered(event, { sourcePort, destinationPort, fragmentOffset: 0 });
  const [later, withPorts] = [headersOf(event), headersOf(whole)];
  if (named.rule && match(named.rule, withPorts).match === "no") return null;
  const { list, cut } = suspectsOf({ ...subject, event: whole }, state, around);
  if (
    cut || list.some(({ rule, base }) => rule === named.rule && base.chain === named.base.chain)
  ) {
    return null;
  }
  const { chain } = named.base;
  const found = state.netfilter.filter((rule) => {
    if (rule.family !== chain.family || rule.table !== chain.table) return false;
    const { match: is, verdicts } = match(rule, withPorts);
    return is === "yes" && verdicts.some((verdict) => verdict.do === "accept") &&
      match(rule, later).match === "no";
  });
  const own = named.rule?.chain ?? chain.name;
  return found.find((rule) => rule.chain === own) ?? found[0] ?? null;
}
