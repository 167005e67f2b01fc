/** The mark that a packet had when its route was looked up, by the rules that it met before. */
import type { NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { isRouteFailure, isRoutingDecision } from "../kernel/routing.ts";
import { isIncomplete } from "../view/state_view.ts";
import { ctStatesOf } from "./ct_states.ts";
import { arrivalMark, travellerOf } from "./candidates.ts";
import { basesAt } from "./hooked.ts";
import { passesOf } from "./passes.ts";
import { rulesetOf } from "./ruleset.ts";
import { Walk } from "./walk.ts";

/** Hooks before the lookup, by layer. */
const BEFORE = ["netdev ingress", "bridge prerouting", "ip prerouting"];
/** What a host's own packet has met when IPVS looks at it, which does that after the rules there. */
const BEFORE_IPVS = [...BEFORE, "ip input"];

/**
 * The mark of a packet, once its first hooks had it: what it had when the lookup refused it, else what rules
 * gave it that came in. Undefined where it is not known: its rules were not all read, some of its bits
 * depend on what nobody saw, or it was made here, and had none when it died.
 */
export function routedMark(subject: Case, state: NetnsState): number | undefined {
  return diedWith(subject) ?? markAfter(BEFORE, subject, state);
}

/** The mark by which IPVS looks for a service; undefined as above. */
export function markForIpvs(subject: Case, state: NetnsState): number | undefined {
  return markAfter(BEFORE_IPVS, subject, state);
}

/** Between the lookup and its refusal no rule is asked. */
const diedWith = ({ event }: Case): number | undefined =>
  isRoutingDecision(event) || isRouteFailure(event) ? event.firewallMark : undefined;

function markAfter(
  hooks: readonly string[],
  subject: Case,
  state: NetnsState,
): number | undefined {
  if (isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"])) {
    return undefined;
  }
  const ruleset = rulesetOf(state);
  const mark = arrivalMark(subject, ruleset);
  if (mark.known !== 0xffffffff || !ruleset.marks) return known(mark);
  const passes = passesOf(subject, state)
    .filter(({ view, guessed }) => !guessed && hooks.includes(`${view.layer} ${view.hook}`));
  if (passes.length === 0) return undefined;
  const marks = ctStatesOf(subject, ruleset).likely.map((ctState) => {
    const at = travellerOf(subject, ruleset, { ctState, mark });
    const walk = new Walk(ruleset, at, ctState);
    for (const pass of passes) {
      walk.hook(pass, basesAt(pass, ruleset.bases, at.headers.network));
    }
    return walk.cut ? undefined : known(at.mark);
  });
  return marks.every((each) => each === marks[0]) ? marks[0] : undefined;
}

const known = (mark: { value: number; known: number }) =>
  mark.known === 0xffffffff ? mark.value >>> 0 : undefined;
