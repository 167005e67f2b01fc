/** Who refused the packet, out of all who can have. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { answerOf } from "./answer.ts";
import {
  capableAnywhere,
  capableOf,
  keyOf,
  type Suspect,
  suspectsAnywhere,
  suspectsOf,
} from "./candidates.ts";
import { type Around, readingNs, riseOf, type Snapshot, snapshotsAround } from "./counters.ts";
import { isInRules, isNetfilterDrop, refusalByConntrack } from "../kernel/netfilter.ts";
import { leftOutIn } from "../view/coverage.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import { firstAfter, firstFrom } from "../view/indexed.ts";
import { gapsOf } from "../view/state_view.ts";
import {
  isTold,
  isToldChain,
  type ToldChain,
  toldChain,
  type ToldRule,
  toldRule,
} from "./told_rule.ts";

/** What was worked out about one refused packet. */
export interface Finding {
  around: Around;
  /** Whose rules were asked; null when none were read. */
  state: NetnsState | null;
  /** What of the reading of its rules is missing, in words; null when all of them were read. */
  unread: string | null;
  /** Those that remain. */
  suspects: Suspect[];
  /**
   * With no suspect: who could have refused it had it been elsewhere than it seems, and if nobody,
   * who refuses packets at all. Whoever it was, one of them did.
   */
  others: Suspect[];
  /** Not all rules on its way were asked: there are too many. */
  cut: boolean;
  /** The one that did it. */
  named: Suspect | null;
  /** No other reading is left. */
  proven: boolean;
  /** The rules were other ones when they were read before. */
  changed: boolean;
  /** Netfilter's drops seen in this netns between the two counts; null where there are none. */
  drops: number | null;
  /** What was sent back for the packet. */
  answer: string | null;
  /** The rule that the kernel was seen to come to; then nobody else did it. */
  told: ToldRule | null;
  /** The hooked chain that it died in, where that was seen. */
  chain: ToldChain | null;
}

const findings = new WeakMap<Case, Finding>();

/** Who refused the packet. Worked out once a case: each of netfilter's rules asks for it. */
export function findingOf(subject: Case): Finding {
  const known = findings.get(subject);
  if (known) return known;
  const finding = find(subject);
  findings.set(subject, finding);
  return finding;
}

function find(subject: Case): Finding {
  const { node, netns, event } = subject;
  const around = snapshotsAround(node, netns, event.at);
  const state = around.after?.state ?? around.before?.state ?? null;
  const drops = dropsSeen(subject, around);
  const answer = answerOf(subject);
  const told = toldRule(subject);
  const chain = toldChain(subject);
  const changed = around.before !== null && around.after !== null &&
    fingerprint(around.before.state) !== fingerprint(around.after.state);
  const found = { around, state, unread: null, others: [], drops, answer, told, chain, changed };
  const none = { ...found, suspects: [], cut: false, named: null, proven: false };
  const unread = state ? unreadOf(state) : "the namespace's state is missing";
  if (!state || unread !== null) return { ...none, state: null, unread };
  const results = [state, ...(changed ? [around.before!.state] : [])]
    .map((each) => suspectsOf(subject, each, around));
  const all = new Map(
    results.reverse().flatMap(({ list }) => list.map((suspect) => [keyOf(suspect), suspect])),
  );
  // [R151] [R152] No rule or policy did.
  if (refusalByConntrack(event) !== null) return { ...none, state };
  if (told !== null) return { ...none, ...seenOf(subject, state, { told, all, around, changed }) };
  let suspects = [...all.values()];
  // [R137] What is hooked elsewhere did not do it, wherever the packet seems to have been.
  const inChain = chain && suspectsIn(chain, suspectsAnywhere(subject, state, around).list);
  if (chain) {
    const within = suspectsIn(chain, suspects);
    suspects = within.length > 0 ? within : inChain!;
  }
  if (answer !== null) {
    const rejecting = suspects.filter(({ verdict }) => verdict.do === "reject");
    if (rejecting.length > 0) suspects = rejecting;
  }
  const cut = results.some((result) => result.cut);
  const named = cut ? null : onlyOne(subject, suspects, around, drops);
  const isAlone = inChain?.length === 1 && named !== null && keyOf(inChain[0]!) === keyOf(named);
  const proven = named !== null && !changed &&
    (isAlone || (isCounted(subject, named, around, drops) &&
      capableOf(subject, state, results[0]!.passes) === 1));
  const others = suspects.length === 0 && !cut ? othersOf(subject, state, around) : [];
  return { ...found, suspects, others, cut, named, proven };
}

const suspectsIn = (chain: ToldChain, list: readonly Suspect[]): Suspect[] =>
  list.filter(({ base }) => base.legacy !== !chain.legacy && isToldChain(chain, base.chain));

/**
 * [R135] The rule as read that the kernel was seen to come to: among those that can have refused the
 * packet, or wherever it is hooked. Nobody is named where it is not among those read.
 */
function seenOf(
  subject: Case,
  state: NetnsState,
  { told, all, around, changed }: {
    told: ToldRule;
    all: ReadonlyMap<string, Suspect>;
    around: Around;
    changed: boolean;
  },
): Pick<Finding, "suspects" | "named" | "proven"> {
  const isIt = ({ rule, verdict }: Suspect) =>
    rule !== null && verdict.do === "drop" && isTold(told, rule);
  const named = [...all.values()].find(isIt) ??
    suspectsAnywhere(subject, state, around).list.find(isIt) ??
    capableAnywhere(subject, state).list.find(isIt) ?? null;
  // A table that was made anew gives its handles again.
  const isSure = !changed || isAlike(named?.rule ?? null, around.before?.state ?? null, told);
  return { suspects: named ? [named] : [], named, proven: named !== null && isSure };
}

function isAlike(rule: NetfilterRule | null, before: NetnsState | null, told: ToldRule): boolean {
  const earlier = before?.netfilter.find((each) => isTold(told, each));
  return rule !== null && earlier !== undefined && ruleWords(earlier) === ruleWords(rule);
}

const ruleWords = ({ text }: NetfilterRule): string =>
  text.replace(/counter packets \d+ bytes \d+/g, "counter");

/** State whose netfilter part is not whole can't say who did not do it. */
function unreadOf(state: NetnsState): string | null {
  const gaps = gapsOf(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"]);
  return gaps.length === 0 ? null : gaps.map(({ what, why }) => `${what}: ${why}`).join("; ");
}

function othersOf(subject: Case, state: NetnsState, around: Around): Suspect[] {
  const elsewhere = suspectsAnywhere(subject, state, around);
  return elsewhere.list.length > 0 ? elsewhere.list : capableAnywhere(subject, state).list;
}

function onlyOne(
  subject: Case,
  suspects: readonly Suspect[],
  around: Around,
  drops: number | null,
): Suspect | null {
  const only = suspects.length === 1 ? suspects[0]! : byCount(subject, suspects, around, drops);
  return only?.verdict.do === "unknown" ? null : only;
}

/** When every drop of the netns was seen, and one rule counted as many, it made all of them. */
function byCount(
  subject: Case,
  suspects: readonly Suspect[],
  around: Around,
  drops: number | null,
): Suspect | null {
  const { node } = subject;
  if (node.header.filter.trim() !== "" || node.lost > 0 || node.refused > 0) return null;
  const [from, to] = [around.baseline?.at ?? -Infinity, around.after?.at ?? Infinity];
  if (leftOutIn(node, { node, from, to })) return null;
  // A drop while a snapshot was read may be in its counters, or not.
  if (hasDropsWhileRead(subject, around.baseline) || hasDropsWhileRead(subject, around.after)) {
    return null;
  }
  const counted = suspects.filter(({ rule }) => {
    const rise = rule && riseOf(rule, around);
    return rise && rise.after - rise.before === drops;
  });
  return counted.length === 1 ? counted[0]! : null;
}

function isCounted(
  { event }: Case,
  { rule }: Suspect,
  around: Around,
  drops: number | null,
): boolean {
  // What frees in nf_hook_slow may also be connection tracking.
  if (!isInRules(event)) return false;
  const rise = rule && riseOf(rule, around);
  return rise !== null && drops !== null && rise.after > rise.before &&
    rise.after - rise.before >= drops;
}

/** Null where no two readings tell what rules counted meanwhile. */
function dropsSeen(subject: Case, { baseline, after }: Around): number | null {
  return baseline && after ? dropsBetween(subject, baseline.at, after.at) : null;
}

function hasDropsWhileRead(subject: Case, snapshot: Snapshot | null): boolean {
  if (!snapshot) return true;
  return dropsBetween(subject, snapshot.at, snapshot.at + readingNs(snapshot.state)) > 0;
}

/** What netfilter dropped, by namespace. */
const dropsByNetns = finding(
  (event) => isNetfilterDrop(event) ? String(event.netns) : undefined,
);

function dropsBetween({ node, netns }: Case, from: number, to: number): number {
  return concludedFrom(
    node,
    dropsByNetns,
    String(netns),
    `drops ${from} ${to}`,
    (drops) => firstAfter(drops, to) - firstFrom(drops, from),
  );
}

const fingerprints = new WeakMap<NetnsState, string>();

/** Equal when chains, policies and rules are; counters aside. */
function fingerprint(state: NetnsState): string {
  const known = fingerprints.get(state);
  if (known !== undefined) return known;
  const chains = state.chains.map((chain) =>
    `${chain.family} ${chain.table} ${chain.name} ${chain.hook} ${chain.priority} ${chain.policy}`
  );
  const rules = state.netfilter.map((rule) =>
    `${rule.tool} ${rule.family} ${rule.table} ${rule.chain} ${rule.handle} ${ruleWords(rule)}`
  );
  const sets = state.sets.map((set) => `${set.family} ${set.table} ${set.name} ${setText(set)}`);
  const text = [...chains, ...rules, ...sets].join("\n");
  fingerprints.set(state, text);
  return text;
}

/** Elements without what runs by itself: the time they have left. */
function setText({ elements }: NetnsState["sets"][number]): string {
  return JSON.stringify(elements).replace(/"expires":\d+/g, "");
}
