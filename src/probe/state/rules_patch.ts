/** Rules that were kept, with chains and sets in them that were read anew. Pure. */
import type { NetfilterChain, NetfilterRule } from "../../event/state.ts";
import type { RulesPart } from "./changed_rules.ts";
import type { Netfilter } from "./nft_json.ts";

/** A part as it is now. */
export interface ReadPart {
  part: RulesPart;
  now: Netfilter;
}

/** How a part can be read: in nft's words as what it is, as `iptables-nft -S` prints a chain, or not: it is gone. */
export type Way = "chain" | "set" | "map" | "iptables" | "gone";

const IPTABLES_FAMILIES = ["ip", "ip6"];
const IPTABLES_TABLES = ["raw", "mangle", "nat", "filter", "security"];

/** How each part can be read, so that the rows are those of reading all; null: one can't be. */
export function waysOf(
  { chains, rules, sets }: Netfilter,
  parts: readonly RulesPart[],
): Way[] | null {
  const ways: Way[] = [];
  for (const part of parts) {
    const way = part.kind === "set" ? wayOfSet(sets, part) : wayOfChain(chains, rules, part);
    if (way === null) return null;
    ways.push(way);
  }
  return ways;
}

/** Those of a rule have no name that stays: they go with their rule. */
function wayOfSet(sets: Netfilter["sets"], part: RulesPart): Way | null {
  const set = sets.find((set) => isOf(part, set));
  if (set === undefined || set.truncated === true) return null;
  return set.map ? "map" : "set";
}

/**
 * Tables of iptables are told by its words where they were left out of nft's list, and else where both tell
 * the same, which only reading both shows.
 */
function wayOfChain(
  chains: readonly NetfilterChain[],
  rules: readonly NetfilterRule[],
  part: RulesPart,
): Way | null {
  const { family, table, how } = part;
  const isOfTable = (row: { family: string; table: string }) =>
    row.family === family && row.table === table;
  if (how === "gone") return "gone";
  const isKnown = chains.some((chain) => isOf(part, chain));
  if (!isKnown && !(how === "new" && chains.some(isOfTable))) return null;
  if (!IPTABLES_FAMILIES.includes(family) || !IPTABLES_TABLES.includes(table)) return "chain";
  const own = rules.filter(isOfTable);
  const isAlone = own.every(({ tool, handle }) => tool === "iptables" && handle === undefined);
  return own.length > 0 && isAlone ? "iptables" : null;
}

/** The rows with these parts as they are now, each in the place that reading all gives it. */
export function patched(before: Netfilter, parts: readonly ReadPart[]): Netfilter {
  let { chains, rules, sets } = before;
  for (const { part, now } of parts) {
    if (part.kind === "set") {
      sets = sets.flatMap((set) => isOf(part, set) ? now.sets : [set]);
      continue;
    }
    if (part.how === "gone") chains = chains.filter((chain) => !isOf(part, chain));
    else if (!chains.some((chain) => isOf(part, chain))) chains = withChain(chains, now.chains[0]!);
    const left = rules.filter((rule) => !isOfChain(part, rule));
    // Rules stand in the order of their chains.
    const order = new Map(
      chains.map((chain, i) => [`${chain.family} ${chain.table} ${chain.name}`, i]),
    );
    const own = order.get(`${part.family} ${part.table} ${part.name}`) ?? -1;
    const next = left.findIndex(({ family, table, chain }) =>
      (order.get(`${family} ${table} ${chain}`) ?? -1) > own
    );
    rules = left.toSpliced(next < 0 ? left.length : next, 0, ...now.rules.map(withoutCounters));
  }
  return { chains, rules, sets };
}

/** A new chain is the last of its table; iptables prints them by their names. */
function withChain(chains: readonly NetfilterChain[], chain: NetfilterChain): NetfilterChain[] {
  const isOfTable = ({ family, table }: NetfilterChain) =>
    family === chain.family && table === chain.table;
  const names = chains.filter((one) => isOfTable(one) && one.hook === undefined)
    .map(({ name }) => name);
  const isSorted = IPTABLES_TABLES.includes(chain.table) &&
    names.every((name, i) => i === 0 || names[i - 1]! < name);
  const next = isSorted
    ? chains.findIndex((one) => isOfTable(one) && one.hook === undefined && one.name > chain.name)
    : -1;
  return chains.toSpliced(next < 0 ? chains.findLastIndex(isOfTable) + 1 : next, 0, chain);
}

/** What was kept has none, so that none passes for one of its time. */
export const withoutCounters = (
  { packets: _packets, bytes: _bytes, ...rule }: NetfilterRule,
): NetfilterRule => rule;

const isOf = (part: RulesPart, row: { family: string; table: string; name: string }): boolean =>
  row.family === part.family && row.table === part.table && row.name === part.name;

const isOfChain = (part: RulesPart, { family, table, chain }: NetfilterRule): boolean =>
  isOf(part, { family, table, name: chain });
