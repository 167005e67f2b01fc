/**
 * What of a namespace is not read again while the kernel tells of no change of it: large tables that it
 * tells of, and that cost seconds.
 */
import type { FdbEntry, NetnsState, Route } from "../../event/state.ts";
import type { HeardPart } from "../../event/state_heard.ts";
import { rulesetNumberIn } from "../netlink/questions.ts";
import type { Gap } from "./bounds.ts";
import { bothChanges, partKey, type RulesChange, type RulesPart } from "./changed_rules.ts";
import type { NetnsHandle } from "./netns.ts";
import type { Netfilter } from "./nft_json.ts";
import { type PartsOptions, readParts } from "./read_rules.ts";
import { patched, waysOf } from "./rules_patch.ts";

/** Rows as they were read, and what could not be. */
export interface KeptRows<T> {
  rows: T[];
  gaps: Gap[];
}

/** nft's rules and those of iptables on it, without their counters. */
export interface KeptNetfilter extends Netfilter {
  gaps: Gap[];
}

/** Parts of a state that a reading can go without. */
export interface Kept {
  routes?: KeptRows<Route>;
  fdb?: KeptRows<FdbEntry>;
  netfilter?: KeptNetfilter;
}

/** Their names, as the script of the reading has them. */
export const KEEPABLE = ["routes", "fdb", "netfilter"] as const;
/** One of them. */
export type Keepable = typeof KEEPABLE[number];

/**
 * What a change may have changed beside itself: the kernel takes routes away with a link or an address
 * and does not tell of each.
 */
const STALE_BY: Record<HeardPart, readonly Keepable[]> = {
  link: ["routes", "fdb"],
  address: ["routes"],
  route: ["routes"],
  rule: [],
  neighbour: ["fdb"],
  netconf: ["routes"],
  netfilter: ["netfilter"],
};

/** Rows of all namespaces that are kept at most: about 200 MiB of them. */
const ROWS_MAX = 500_000;
/** Of fewer rules all are read again when one changed: that costs little. */
const RULES_MIN = 1_000;
/** More parts that changed cost as much as all. */
const PARTS_MAX = 32;

/** What was heard of rules since they were read. */
interface RulesHeard {
  /** Parts that are otherwise, by `partKey`. */
  parts: Map<string, RulesPart>;
  /** Number of the last ruleset that was told of: all its changes were, and those before. */
  number: number | undefined;
}

interface Known {
  kept: Kept;
  /** Number of the ruleset when reading began. */
  ruleset: number | undefined;
  heard: RulesHeard;
  /** How many rows it has. */
  rows: number;
}

/** What is known of namespaces, by their inodes. */
export class KnownStates {
  readonly #known = new Map<number, Known>();
  /** The reading of each that began last, while it goes on. */
  readonly #begun = new Map<number, Beginning>();
  #rows = 0;

  /** What need not be read, as far as changes of the namespace are heard up to now. */
  keptOf(netns: NetnsHandle, withCounters: boolean): Kept {
    const known = this.#known.get(netns.inode);
    if (known === undefined) return {};
    const { netfilter, ...kept } = known.kept;
    // Without a number it was not asked for: asking may load nf_tables.
    if (netfilter === undefined || known.ruleset === undefined || withCounters) return kept;
    if (known.heard.parts.size > 0) return kept;
    // Told by the kernel itself, whatever was heard.
    const now = rulesetNumberIn(netns.path, netns.inode);
    return now === known.ruleset ? { ...kept, netfilter } : kept;
  }

  /**
   * Reads anew those chains and sets of many rules of which a change was heard, so that the others need not
   * be. Resolves with the milliseconds of processor time that it took.
   */
  async freshen({ inode, path }: NetnsHandle, options: PartsOptions): Promise<number> {
    const known = this.#known.get(inode);
    const { netfilter, ...others } = known?.kept ?? {};
    if (!known || !netfilter || known.heard.parts.size === 0) return 0;
    const beganMs = performance.now();
    const number = rulesetNumberIn(path, inode);
    const parts = [...known.heard.parts.values()];
    // Where the kernel is further than what was heard, some change of it was not heard yet.
    const isHeard = number !== undefined && number === known.heard.number;
    const ways = isHeard && netfilter.gaps.length === 0 ? waysOf(netfilter, parts) : null;
    if (ways === null) {
      this.#keep(inode, others, known.ruleset);
      return performance.now() - beganMs;
    }
    const { read, toolsMs } = await readParts(
      path,
      parts.map((part, i) => ({ part, way: ways[i]! })),
      options,
    );
    // Another reading ended meanwhile, or more changed: nobody knows of which moment this is.
    if (this.#known.get(inode) === known) {
      const isSame = rulesetNumberIn(path, inode) === number;
      const now = isSame && read ? patched(netfilter, read) : null;
      const kept = now === null ? others : { ...others, netfilter: { ...now, gaps: [] } };
      this.#keep(inode, kept, number);
    }
    return toolsMs ?? performance.now() - beganMs;
  }

  /**
   * A reading begins: what is heard from now on may be in it or not. `withRules`: nf_tables is there, so
   * that it may be asked.
   */
  begin({ inode, path }: NetnsHandle, withRules: boolean): Beginning {
    const ruleset = withRules ? rulesetNumberIn(path, inode) : undefined;
    const begun = { ruleset, stale: new Set<Keepable>() };
    this.#begun.set(inode, begun);
    return begun;
  }

  /**
   * A reading ended: what of it may be kept is. Nothing is when another one began after it, which is
   * newer, and of which alone it is known what changed meanwhile.
   */
  end({ inode }: NetnsHandle, begun: Beginning, kept: Kept): void {
    if (this.#begun.get(inode) !== begun) return;
    this.#begun.delete(inode);
    this.#keep(inode, without(kept, begun.stale), begun.ruleset);
  }

  /** A change was heard; of rules also which, where it is known. */
  heard(netns: number, part: HeardPart | "all", rules?: RulesChange): void {
    const parts = part === "all" ? KEEPABLE : STALE_BY[part];
    const begun = this.#begun.get(netns);
    for (const each of parts) begun?.stale.add(each);
    const known = this.#known.get(netns);
    if (known === undefined || !parts.some((each) => known.kept[each] !== undefined)) return;
    if (rules !== undefined && isHeardInParts(known, rules)) {
      // Another object: who reads a part meanwhile sees that something is otherwise.
      this.#known.set(netns, { ...known });
      return;
    }
    this.#keep(netns, without(known.kept, new Set(parts)), known.ruleset, known.heard);
  }

  /** Whether what was kept in a reading may have changed since it began. */
  isStale(netns: number, begun: Beginning, parts: readonly Keepable[]): boolean {
    const isLast = this.#begun.get(netns) === begun;
    return parts.length > 0 && (!isLast || parts.some((part) => begun.stale.has(part)));
  }

  forget(netns: number): void {
    this.#begun.delete(netns);
    this.#rows -= this.#known.get(netns)?.rows ?? 0;
    this.#known.delete(netns);
  }

  #keep(
    netns: number,
    kept: Kept,
    ruleset: number | undefined,
    heard: RulesHeard = { parts: new Map(), number: undefined },
  ): void {
    this.#rows -= this.#known.get(netns)?.rows ?? 0;
    this.#known.delete(netns);
    const rows = rowsOf(kept);
    if (this.#rows + rows > ROWS_MAX) return;
    this.#rows += rows;
    this.#known.set(netns, { kept, ruleset, heard, rows });
  }
}

/** A reading that goes on. */
export interface Beginning {
  /** Number of the ruleset when it began; undefined: it was not told. */
  ruleset: number | undefined;
  /** Of what changes were heard since. */
  stale: Set<Keepable>;
}

/** Notes which part of many rules is otherwise. False: too many are, or there are few rules. */
function isHeardInParts({ kept: { netfilter }, heard }: Known, change: RulesChange): boolean {
  if (netfilter === undefined || netfilter.rules.length < RULES_MIN) return false;
  if (change.kind === "generation") {
    heard.number = change.number;
    return true;
  }
  const before = heard.parts.get(partKey(change));
  const all = before ? bothChanges(before, change) : change;
  if (all !== undefined) heard.parts.set(partKey(change), all);
  return all !== undefined && heard.parts.size <= PARTS_MAX;
}

function without(kept: Kept, parts: ReadonlySet<Keepable>): Kept {
  const left = { ...kept };
  for (const part of parts) delete left[part];
  return left;
}

function rowsOf({ routes, fdb, netfilter }: Kept): number {
  const { chains = [], rules = [], sets = [] } = netfilter ?? {};
  return (routes?.rows.length ?? 0) + (fdb?.rows.length ?? 0) + chains.length + rules.length +
    sets.reduce((sum, { elements }) => sum + elements.length, 0);
}

/** Gaps of a reading that are about these parts, by the first word of what they name. */
export function gapsAbout(gaps: readonly Gap[], ...parts: readonly string[]): Gap[] {
  return gaps.filter(({ what }) => parts.includes(what));
}

/** Names of the parts that a state has from an earlier reading. */
export const namesOf = (kept: Kept): NonNullable<NetnsState["kept"]> =>
  KEEPABLE.filter((part) => kept[part] !== undefined);
