/** The rules of one snapshot, by the chain they stand in. */
import type { NetfilterChain, NetfilterRule, NetfilterSet, NetnsState } from "../../event/state.ts";
import { originOf, without } from "../view/shortened.ts";

/** A hooked chain. */
export interface Base {
  chain: NetfilterChain;
  /** Of iptables' older kind; null when nothing tells, then it has no rules. */
  legacy: boolean | null;
}

/** The chains, rules and sets of one snapshot. */
export interface Ruleset {
  state: NetnsState;
  bases: Base[];
  rules(chain: ChainName): readonly NetfilterRule[];
  isChain(chain: ChainName): boolean;
  /** It is in the list of chains, with rules or without. */
  isNamed(chain: ChainName): boolean;
  /** Null when it was not read, or when rules add to it while packets pass. */
  set(family: string, table: string, name: string): NetfilterSet | null;
  /** Some rule takes packets out of connection tracking. */
  untracks: boolean;
  /** Some rule sets packets' marks; some does so below IP, on a bridge or a device. */
  marks: boolean;
  marksBelow: boolean;
  /** Some rule gives connections a helper, which makes others `related`. */
  helps: boolean;
}

/** `legacy` tells iptables' older tables from nft's of the same name. */
export interface ChainName {
  family: string;
  table: string;
  name: string;
  legacy: boolean;
}

const rulesets = new WeakMap<NetnsState, Ruleset>();

/** Built once a snapshot, since many packets are asked about it. */
export function rulesetOf(state: NetnsState): Ruleset {
  const known = rulesets.get(state);
  if (known) return known;
  const ruleset = shortenedOf(state) ?? build(state);
  rulesets.set(state, ruleset);
  if (originOf(state.netfilter).gone.size === 0) byRules.set(state.netfilter, ruleset);
  return ruleset;
}

/** By the list of rules: most readings that follow one another have the same. */
const byRules = new WeakMap<readonly NetfilterRule[], Ruleset>();

/** What was worked out of the same rules before, or of these and a few more; null: it can't be used. */
function shortenedOf(state: NetnsState): Ruleset | null {
  const { whole, gone } = originOf(state.netfilter);
  const base = byRules.get(whole);
  const isSame = base?.state.chains === state.chains && base.state.sets === state.sets;
  if (
    !base || !isSame || [...gone].some(decides) || !state.chains.every(({ backend }) => backend)
  ) {
    return null;
  }
  const lists = new Map<string, readonly NetfilterRule[]>();
  for (const rule of gone) {
    const key = keyOf(chainOfRule(rule));
    const rules = lists.get(key) ?? base.rules(chainOfRule(rule));
    lists.set(key, without(rules, rule));
  }
  const rules = (chain: ChainName) => lists.get(keyOf(chain)) ?? base.rules(chain);
  return {
    ...base,
    state,
    rules,
    isChain: (chain) => rules(chain).length > 0 || base.isNamed(chain),
  };
}

/** The rule is one of those by which a ruleset as a whole is different. */
const decides = ({ text, elided }: NetfilterRule): boolean =>
  elided !== undefined || MARKS.test(text) || CHANGES_SET.test(text) || UNTRACKS.test(text) ||
  HELPS.test(text);

const MARKS = /\bmark set\b|-j (CONN)?MARK\b|--restore-mark/;
const CHANGES_SET = /\b(?:add|update|delete) @(\S+)/;
const UNTRACKS = /\bnotrack\b|--notrack|-j NOTRACK/;
const HELPS = /\bct helper\b|--helper\b/;

const keyOf = ({ family, table, name, legacy }: ChainName) =>
  `${legacy ? "legacy " : ""}${family} ${table} ${name}`;

/** The chain that the rule stands in. */
export function chainOfRule(rule: NetfilterRule): ChainName {
  return {
    family: rule.family,
    table: rule.table,
    name: rule.chain,
    legacy: rule.tool === "iptables-legacy",
  };
}

function build(state: NetnsState): Ruleset {
  const byChain = new Map<string, NetfilterRule[]>();
  for (const rule of state.netfilter) {
    const key = keyOf(chainOfRule(rule));
    const list = byChain.get(key);
    if (list) list.push(rule);
    else byChain.set(key, [rule]);
  }
  for (const list of byChain.values()) list.sort((a, b) => a.position - b.position);
  const names = new Set(state.chains.flatMap(({ family, table, name, backend }) =>
    [false, true]
      .filter((legacy) => backend === undefined || (backend === "iptables-legacy") === legacy)
      .map((legacy) => keyOf({ family, table, name, legacy }))
  ));
  const sets = new Map(state.sets.map((set) => [`${set.family} ${set.table} ${set.name}`, set]));
  const marking = state.netfilter.filter(({ text, elided }) =>
    elided !== undefined || MARKS.test(text)
  );
  const texts = state.netfilter.map((rule) => rule.text);
  for (const { family, table, text } of state.netfilter) {
    if (!CHANGES_SET.test(text)) continue;
    for (const [, name] of text.matchAll(new RegExp(CHANGES_SET, "g"))) {
      sets.delete(`${family} ${table} ${name}`);
    }
  }
  return {
    state,
    bases: basesOf(state),
    rules: (chain) => byChain.get(keyOf(chain)) ?? [],
    isNamed: (chain) => names.has(keyOf(chain)),
    isChain: (chain) => names.has(keyOf(chain)) || byChain.has(keyOf(chain)),
    set: (family, table, name) => sets.get(`${family} ${table} ${name}`) ?? null,
    untracks: texts.some((text) => UNTRACKS.test(text)),
    marks: marking.length > 0 || state.sets.some(({ elided }) => elided !== undefined),
    marksBelow: marking.some(({ family }) => !["ip", "ip6", "inet"].includes(family)),
    helps: texts.some((text) => HELPS.test(text)),
  };
}

/**
 * A table of iptables' older kind may have the name of one of nft's. An older probe does not tell
 * which of them a chain is in. It lists nft's chains
 * first, so of two with one name the second is the older kind's; of one alone its rules tell.
 */
function basesOf({ chains, netfilter }: NetnsState): Base[] {
  const legacyTables = new Set<string>();
  const nftTables = new Set<string>();
  for (const { family, table, tool } of netfilter) {
    (tool === "iptables-legacy" ? legacyTables : nftTables).add(`${family} ${table}`);
  }
  const hooked = chains.filter((chain) => chain.hook !== undefined);
  const count = new Map<string, number>();
  const keyed = hooked.map((chain) => {
    const key = `${chain.family} ${chain.table} ${chain.name} ${chain.device ?? ""}`;
    const before = count.get(key) ?? 0;
    count.set(key, before + 1);
    return { chain, key, before };
  });
  return keyed.map(({ chain, key, before }) => {
    if (chain.backend) return { chain, legacy: chain.backend === "iptables-legacy" };
    if (count.get(key)! > 1) return { chain, legacy: before > 0 };
    const table = `${chain.family} ${chain.table}`;
    if (nftTables.has(table)) return { chain, legacy: false };
    if (legacyTables.has(table)) return { chain, legacy: true };
    return { chain, legacy: isIptablesName(chain) ? null : false };
  });
}

function isIptablesName({ family, name, hook }: NetfilterChain): boolean {
  return (family === "ip" || family === "ip6") && name === hook?.toUpperCase();
}
