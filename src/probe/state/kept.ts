/**
 * What of a namespace is not read again while the kernel tells of no change of it: large tables that it
 * tells of, and that cost seconds.
 */
import type { FdbEntry, NetnsState, Route } from "../../event/state.ts";
import type { HeardPart } from "../../event/state_heard.ts";
import { rulesetNumberIn } from "../netlink/questions.ts";
import type { Gap } from "./bounds.ts";
import type { NetnsHandle } from "./netns.ts";
import type { Netfilter } from "./nft_json.ts";

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

interface Known {
  kept: Kept;
  /** Number of the ruleset when reading began. */
  ruleset: number | undefined;
  /** How many rows it has. */
  rows: number;
}

/** What is known of namespaces, by their inodes. */
export class KnownStates {
  readonly #known = new Map<number, Known>();
  /** Of which changes were heard since their reading began. */
  readonly #stale = new Map<number, Set<Keepable>>();
  #rows = 0;

  /** What need not be read, as far as changes of the namespace are heard up to now. */
  keptOf(netns: NetnsHandle, withCounters: boolean): Kept {
    const { kept, ruleset } = this.#known.get(netns.inode) ?? { kept: {} };
    const stale = this.#stale.get(netns.inode);
    const found: Kept = {};
    if (kept.routes && !stale?.has("routes")) found.routes = kept.routes;
    if (kept.fdb && !stale?.has("fdb")) found.fdb = kept.fdb;
    // Without a number it was not asked for: asking may load nf_tables.
    const isNumbered = ruleset !== undefined;
    if (kept.netfilter && isNumbered && !withCounters && !stale?.has("netfilter")) {
      // Told by the kernel itself, whatever was heard.
      const now = rulesetNumberIn(netns.path, netns.inode);
      if (now === ruleset) found.netfilter = kept.netfilter;
    }
    return found;
  }

  /**
   * A reading begins: what is heard from now on may be in it or not. `withRules`: nf_tables is there, so
   * that it may be asked.
   */
  begin(netns: NetnsHandle, withRules: boolean): Beginning {
    this.#stale.delete(netns.inode);
    return { ruleset: withRules ? rulesetNumberIn(netns.path, netns.inode) : undefined };
  }

  /** A reading ended: what of it may be kept is. */
  end({ inode }: NetnsHandle, { ruleset }: Beginning, kept: Kept): void {
    this.forget(inode, false);
    const rows = rowsOf(kept);
    if (this.#rows + rows > ROWS_MAX) return;
    this.#rows += rows;
    this.#known.set(inode, { kept, ruleset, rows });
  }

  /** A change was heard. */
  heard(netns: number, part: HeardPart | "all"): void {
    const parts = part === "all" ? KEEPABLE : STALE_BY[part];
    if (parts.length === 0) return;
    const stale = this.#stale.get(netns) ?? new Set();
    this.#stale.set(netns, stale);
    for (const each of parts) stale.add(each);
  }

  /** Whether what was kept in a reading changed since it began. */
  isStale(netns: number, parts: readonly Keepable[]): boolean {
    const stale = this.#stale.get(netns);
    return stale !== undefined && parts.some((part) => stale.has(part));
  }

  forget(netns: number, isGone = true): void {
    this.#rows -= this.#known.get(netns)?.rows ?? 0;
    this.#known.delete(netns);
    if (isGone) this.#stale.delete(netns);
  }
}

/** What was known when a reading began. */
export interface Beginning {
  /** Number of the ruleset; undefined: it was not told. */
  ruleset: number | undefined;
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
