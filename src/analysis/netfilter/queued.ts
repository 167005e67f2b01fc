/** Who can have handed a packet to a program: what waits in its queue no script sees. */
import type { NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { acceptsAddress } from "../view/state_view.ts";
import { isConsistent, keyOf, type Suspect, tiersOf, walkOne } from "./candidates.ts";
import { type Around, riseOf } from "./counters.ts";
import type { Pass } from "./pass.ts";
import { everyPass } from "./passes.ts";
import { rulesetOf } from "./ruleset.ts";
import type { Candidate } from "./walk.ts";
import { destinationOf } from "./whereabouts.ts";

/**
 * The one rule that hands the packet that came in to a program, at whatever hook: it counted packets
 * meanwhile, or it surely takes this one and counts none. Null: none does, or several, or there are too
 * many rules.
 */
export function queuedBy(subject: Case, state: NetnsState, around: Around): Suspect | null {
  const ruleset = rulesetOf(state);
  const isForHere = acceptsAddress(state, destinationOf(subject.event));
  // What came in meets no hook of what a host sends itself, nor what is for others that of its input.
  const passes = everyPass(subject, state)
    .filter(({ view: { hook } }) => hook !== "output" && (isForHere || hook !== "input"))
    .map((each) => each.view.layer === "ip" ? cameBy(subject, each) : each);
  for (const worlds of tiersOf(subject, ruleset)) {
    const found = new Map<string, Suspect>();
    for (const world of worlds) {
      const walk = walkOne(subject, ruleset, passes, world);
      if (walk?.cut) return null;
      for (const each of walk?.candidates ?? []) {
        if (each.rule === null || each.verdict.do !== "queue") continue;
        if (each.match !== "yes" && !takenBy(each, around)) continue;
        if (!isConsistent(each, around)) continue;
        found.set(keyOf(each), { ...each, ctStates: [], worlds: [world], met: walk!.candidates });
      }
    }
    if (found.size > 0) return found.size === 1 ? [...found.values()][0]! : null;
  }
  return null;
}

/** A port of a bridge is not what the hooks of IP are told of. */
function cameBy({ event, link }: Case, each: Pass): Pass {
  const { hook } = each.view;
  if (link === undefined || link.masterIfindex !== undefined || hook === "postrouting") return each;
  return { ...each, view: { ...each.view, input: event.device } };
}

/** How many packets the rule took meanwhile; null: it counts none, or that can't be told. */
export function takenBy({ rule }: Candidate, around: Around): number | null {
  const rise = rule && riseOf(rule, around);
  return rise && rise.after - rise.before;
}
