/** Everything that can have refused a packet, narrowed by what is known of it. */
import type { NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { type Around, surelyNotMet } from "./counters.ts";
import { ctStatesOf } from "./ct_states.ts";
import { canFree } from "./death.ts";
import { type CtState, headersOf, type Mark } from "./hook_packet.ts";
import { basesAt } from "./hooked.ts";
import type { Pass } from "./pass.ts";
import { everyPass, passesOf } from "./passes.ts";
import { type Ruleset, rulesetOf } from "./ruleset.ts";
import { linkOf } from "../view/state_view.ts";
import { sceneOf } from "./whereabouts.ts";
import type { Traveller } from "./traveller.ts";
import { type Candidate, Walk } from "./walk.ts";

/** A rule or policy that can have refused the packet, as far as is known. */
export interface Suspect extends Candidate {
  /** What conntrack must have said of the packet for this one to refuse it. */
  ctStates: CtState[];
  /** What held of the packet in the walks that led to it. */
  worlds: World[];
  /** All that could have refused it in the first of these walks, in its order; it is one of them. */
  met: readonly Candidate[];
}

/** All that can have refused the packet. */
export interface Suspects {
  list: Suspect[];
  /** Something was not asked: the list may lack the one that did it. */
  cut: boolean;
  passes: Pass[];
}

/** What is taken to hold of a packet in a walk. */
export interface World {
  ctState: CtState | null;
  mark: Mark;
}

/**
 * Every rule and policy of this state that can have refused the packet, tried with what is likely
 * of it first.
 */
export function suspectsOf(subject: Case, state: NetnsState, around: Around): Suspects {
  const ruleset = rulesetOf(state);
  const passes = passesOf(subject, state);
  let result: Pick<Suspects, "list" | "cut"> = { list: [], cut: false };
  for (const worlds of tiersOf(subject, ruleset)) {
    result = walkAll(subject, ruleset, passes, worlds, around);
    if (result.list.length > 0) break;
  }
  return { ...result, passes };
}

/** What of this state could have refused the packet at any hook, wherever it seems to have been. */
export function suspectsAnywhere(subject: Case, state: NetnsState, around: Around): Suspects {
  const ruleset = rulesetOf(state);
  const passes = everyPass(subject, state);
  const { likely, remote } = ctStatesOf(subject, ruleset);
  const worlds = [...likely, ...remote].map((ctState) => ({ ctState, mark: UNKNOWN_MARK }));
  return { ...walkAll(subject, ruleset, passes, worlds, around), passes };
}

/** What may have held of the packet, what is likely first. */
export function tiersOf(subject: Case, ruleset: Ruleset): World[][] {
  const states = ctStatesOf(subject, ruleset);
  const mark = arrivalMark(subject, ruleset);
  return [
    states.likely.map((ctState) => ({ ctState, mark })),
    states.remote.map((ctState) => ({ ctState, mark })),
    // A mark that something outside netfilter had set is the last thing to think of.
    states.likely.map((ctState) => ({ ctState, mark: UNKNOWN_MARK })),
  ];
}

/**
 * Who would refuse the packet in a state that was changed since `named` refused it: what held of it
 * then is taken to hold still. What it met before `named` let it pass, and would so again; of the
 * rest counters tell nothing.
 */
export function refusersAfter(
  subject: Case,
  named: Suspect,
  after: NetnsState,
): Suspects {
  const passes = passesOf(subject, after);
  if (named.worlds.length === 0) return { list: [named], cut: false, passes };
  const earlier = named.met.slice(0, named.met.findIndex((each) => keyOf(each) === keyOf(named)));
  const harmless = new Set(earlier.filter((each) => isOrdered(each, named)).map(keyOf));
  const { list, cut } = walkAll(subject, rulesetOf(after), passes, named.worlds, null);
  return { list: list.filter((each) => !harmless.has(keyOf(each))), cut, passes };
}

/** Chains of one priority run in the order they were made, which no snapshot tells. */
const isOrdered = (a: Candidate, b: Candidate): boolean =>
  a.base.chain === b.base.chain || a.pass.view.hook !== b.pass.view.hook ||
  a.base.chain.priority !== b.base.chain.priority;

const UNKNOWN_MARK: Mark = { value: 0, known: 0 };

/** A packet that came in has no mark, unless a classifier or an earlier hook gave it one. */
export function arrivalMark(subject: Case, { state, marksBelow, marks }: Ruleset): Mark {
  const { first, last, port, early } = sceneOf(subject, state);
  const link = first && linkOf(state, first.ifindex);
  const fresh = first?.kind === "device-rx" && link !== undefined && !link.tunnel &&
    link.kind !== "loopback" && (last?.kind === "device-rx" || port !== undefined);
  const classified = state.filters.some(({ text }) => /skbedit|bpf|connmark|\bife\b/.test(text));
  if (!fresh || classified || marksBelow || (early === null && marks)) return UNKNOWN_MARK;
  return { value: 0, known: 0xffffffff };
}

/** The packet of the case as rules are asked about it, before it is at any hook. */
export function travellerOf(subject: Case, ruleset: Ruleset, world: World): Traveller {
  const { event } = subject;
  const encapsulated = event.tunnelKind !== undefined;
  return {
    headers: headersOf(event),
    layer: "ip",
    hook: "",
    input: undefined,
    output: undefined,
    portInput: undefined,
    portOutput: undefined,
    ctState: world.ctState,
    ctStatus: encapsulated ? undefined : event.conntrackStatus,
    ctDirection: encapsulated ? undefined : event.conntrackDirection,
    mark: world.mark,
    state: ruleset.state,
    set: ruleset.set,
  };
}

function walkAll(
  subject: Case,
  ruleset: Ruleset,
  passes: readonly Pass[],
  worlds: readonly World[],
  around: Around | null,
): { list: Suspect[]; cut: boolean } {
  const suspects = new Map<string, Suspect>();
  let cut = false;
  for (const world of worlds) {
    const walk = walkOne(subject, ruleset, passes, world);
    if (!walk) continue;
    cut ||= walk.cut;
    for (const candidate of walk.candidates) {
      if (around && !canFree(candidate, subject)) continue;
      if (!isConsistent(candidate, around)) continue;
      const key = keyOf(candidate);
      const known = suspects.get(key);
      const ctStates = world.ctState === null ? [] : [world.ctState];
      if (known) {
        known.ctStates.push(...ctStates);
        known.worlds.push(world);
      } else {
        suspects.set(key, { ...candidate, ctStates, worlds: [world], met: walk.candidates });
      }
    }
  }
  return { list: [...suspects.values()], cut };
}

/** The way of a packet of which this holds; null: no packet of this kind came so far. */
export function walkOne(
  subject: Case,
  ruleset: Ruleset,
  passes: readonly Pass[],
  world: World,
): Walk | null {
  const traveller = travellerOf(subject, ruleset, world);
  const walk = new Walk(ruleset, traveller, world.ctState);
  for (const pass of passes) {
    const bases = basesAt(pass, ruleset.bases, traveller.headers.network);
    const on = walk.hook(pass, bases);
    if (walk.impossible) return null;
    if (pass.survived) {
      // What can't have come this far did not die further on.
      if (!on) return null;
      walk.candidates.length = 0;
    } else if (!on && !pass.guessed) break;
  }
  return walk;
}

/** Every rule that it must have met has counted it. */
export function isConsistent({ rule, path, passed }: Candidate, around: Around | null): boolean {
  if (!around) return true;
  const met = [...path, ...passed, ...(rule ? [rule] : [])];
  return !met.some((each) => surelyNotMet(each, around));
}

/** The same for the same rule or policy in two snapshots. */
export function keyOf({ rule, base: { chain } }: Candidate): string {
  const where = `${chain.family} ${chain.table} ${chain.name} ${chain.device ?? ""}`;
  if (!rule) return `policy ${where}`;
  return `${rule.tool} ${rule.family} ${rule.table} ${rule.chain} ${rule.handle ?? rule.position}`;
}

/** How many rules and policies of the hooks it met could refuse any packet at all. */
export function capableOf(subject: Case, state: NetnsState, passes: readonly Pass[]): number {
  const walk = blindWalk(subject, state, passes.filter(({ survived }) => !survived));
  return walk.cut ? Infinity : capable(subject, walk).length;
}

/** The rules and policies of this state that could refuse any packet at all, at any hook. */
export function capableAnywhere(subject: Case, state: NetnsState): Suspects {
  const passes = everyPass(subject, state);
  const walk = blindWalk(subject, state, passes);
  const list = capable(subject, walk).map((each) => ({
    ...each,
    ctStates: [],
    worlds: [],
    met: [],
  }));
  return { list, cut: walk.cut, passes };
}

function blindWalk(subject: Case, state: NetnsState, passes: readonly Pass[]): Walk {
  const ruleset = rulesetOf(state);
  const traveller = travellerOf(subject, ruleset, { ctState: null, mark: UNKNOWN_MARK });
  const walk = new Walk(ruleset, traveller, null, { blind: true });
  for (const pass of passes) {
    walk.hook(pass, basesAt(pass, ruleset.bases, traveller.headers.network));
  }
  return walk;
}

function capable(subject: Case, { candidates }: Walk): Candidate[] {
  const able = candidates.filter((each) => canFree(each, subject));
  return [...new Map(able.map((each) => [keyOf(each), each])).values()];
}
