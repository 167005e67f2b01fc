/** What rules counted around a moment: two snapshots of one ruleset, and how far they can be told. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import { ask } from "../view/asked.ts";
import type { NodeView } from "../view/timeline.ts";

/** The state of a namespace, as read once. */
export interface Snapshot {
  /** When its reading began: nanoseconds of the common time. */
  at: number;
  state: NetnsState;
}

/** The readings before and after a moment. */
export interface Around {
  /** The last one begun before the moment, and the first one begun after it. */
  before: Snapshot | null;
  after: Snapshot | null;
  /** The last one that was surely read to its end before the moment. */
  baseline: Snapshot | null;
}

// A snapshot tells when its reading began and ended, not when its rules were read. It was complete
// before a moment when it had ended by then, or the next one had begun. Older probes do not tell the end:
// what they read can't take that long, unless the machine is busy.
const READING_NS = 1e9;
const READING_PER_RULE_NS = 0.5e6;
/** Where the kernel has no list of timers, a reading's clock is one of hundredths of a second. */
const CLOCK_NS = 20e6;

/** How long after its beginning a snapshot may still have been read. */
export function readingNs({ timeNs, untilNs, netfilter }: NetnsState): number {
  const told = untilNs === undefined ? -1 : Number(BigInt(untilNs) - BigInt(timeNs));
  return told >= 0 ? told + CLOCK_NS : READING_NS + netfilter.length * READING_PER_RULE_NS;
}

/** The readings of a namespace around a moment; `at` is in nanoseconds of the common time. */
export const snapshotsAround = (node: NodeView, netns: number | undefined, at: number): Around =>
  ask(
    node.statesSource,
    `around ${netns} ${at}`,
    () => findAround(node, netns, at),
    (a, b) => a.before === b.before && a.after === b.after && a.baseline === b.baseline,
  );

function findAround(node: NodeView, netns: number | undefined, at: number): Around {
  const all = netns === undefined ? [] : node.states.get(netns) ?? [];
  // What rules counted is not in a reading that kept them.
  const list = all.filter(({ state }) => !state.kept?.includes("netfilter"));
  const earlier = list.filter((entry) => entry.at < at);
  const before = earlier.at(-1) ?? null;
  const after = list.find((entry) => entry.at >= at) ?? null;
  const complete = before !== null && at - before.at >= readingNs(before.state);
  return { before, after, baseline: complete ? before : earlier.at(-2) ?? null };
}

/** A rule's counter in two readings. */
export interface Rise {
  /** Packets. */
  before: number;
  /** Packets. */
  after: number;
}

/**
 * How a rule's counter changed over the moment; null when it has none, or when it can't be told
 * which rule of the other snapshot it is, or when it was set back.
 */
export function riseOf(rule: NetfilterRule, { baseline, after }: Around): Rise | null {
  if (!after || !baseline || isReloaded(rule, baseline.state, after.state)) return null;
  return difference(rule, baseline.state, after.state);
}

/** As read, though the first reading may have come too late to prove anything. */
export function shownRise(rule: NetfilterRule, { before, after }: Around): Rise | null {
  return before && after ? difference(rule, before.state, after.state) : null;
}

function difference(rule: NetfilterRule, first: NetnsState, second: NetnsState): Rise | null {
  const now = same(rule, second);
  if (now?.packets === undefined) return null;
  const then = same(rule, first);
  // A rule made in between began at nothing, if nft numbers it anew.
  if (!then) return rule.handle === undefined ? null : { before: 0, after: now.packets };
  if (then.packets === undefined || now.packets < then.packets) return null;
  return { before: then.packets, after: now.packets };
}

/** Some counter of its table went back: the table was made anew, with the same numbers. */
function isReloaded(rule: NetfilterRule, first: NetnsState, second: NetnsState): boolean {
  let tables = reloads.get(second)?.get(first);
  if (!tables) {
    tables = new Set(
      first.netfilter.filter((old) => {
        const now = same(old, second);
        return old.packets !== undefined && now?.packets !== undefined &&
          now.packets < old.packets;
      }).map(tableOf),
    );
    const byFirst = reloads.get(second) ?? new WeakMap<NetnsState, Set<string>>();
    reloads.set(second, byFirst.set(first, tables));
  }
  return tables.has(tableOf(rule));
}

/** It has a counter that did not move: the packet never came to its end. */
export function surelyNotMet(rule: NetfilterRule, around: Around): boolean {
  const rise = riseOf(rule, around);
  return rise !== null && rise.after === rise.before;
}

function same(rule: NetfilterRule, state: NetnsState): NetfilterRule | undefined {
  return indexOf(state).get(keyOf(rule));
}

const reloads = new WeakMap<NetnsState, WeakMap<NetnsState, Set<string>>>();
const tableOf = ({ tool, family, table }: NetfilterRule) => `${tool} ${family} ${table}`;

const indexes = new WeakMap<NetnsState, Map<string, NetfilterRule>>();

function indexOf(state: NetnsState): Map<string, NetfilterRule> {
  const known = indexes.get(state);
  if (known) return known;
  const index = new Map(state.netfilter.map((rule) => [keyOf(rule), rule]));
  indexes.set(state, index);
  return index;
}

/** A handle is never given twice in a table; without one a rule is its text in its place. */
function keyOf({ family, table, chain, handle, position, text, tool }: NetfilterRule): string {
  const own = handle === undefined ? `${position} ${text}` : `#${handle}`;
  return `${tool} ${family} ${table} ${chain} ${own}`;
}
