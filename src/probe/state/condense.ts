/**
 * A state of tens of thousands of rules, small enough to be sent: a rule of iptables that asks for
 * one destination that nobody asked about stands for nothing but that destination.
 */
import type { NetfilterRule, NetfilterSet, NetnsState } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { addElement, type Leads, splitMap } from "./condense_maps.ts";
import { Chains, isHarmless, isPlain, keyOf } from "./rule_chains.ts";

/** Characters of rules and chains that are sent as they are. An ingest on Workers takes 4 Mi. */
const CHARS_MAX = 3 * 1024 * 1024;
/** What an ingest takes as one line is 16 Mi; the rest of a state has room beside these. */
const LINE_CHARS_MAX = 10 * 1024 * 1024;
const SET_CHARS_MAX = 2 * 1024 * 1024;
/** As the contract has it. */
const RULES_MAX = 50_000;
const CHAINS_MAX = 20_000;

const DESTINATION = /^-A \S+ (?:! -s \S+ |-s \S+ )?-d (\S+?)(?:\/32|\/128) /;

/**
 * The state with fewer rules, if they are more than `charsMax` characters; else the state itself.
 *
 * Left out are rules of iptables that ask for one destination that is not `wanted`, and what only
 * they lead to. In a row's place stands one row (`elided`) with all destinations left out there in
 * a row, and whether anything behind it can refuse a packet: no packet to another destination met
 * them, so what is said of such a packet stays as sure as it was. What is more than the contract
 * takes even then is cut, and is a gap. Rules of NAT are left out first.
 */
export function condense(
  state: NetnsState,
  wantedOf: () => ReadonlySet<string>,
  charsMax = CHARS_MAX,
): NetnsState {
  if (sizeOf(state) <= charsMax) return withSets(state);
  const wanted = wantedOf();
  // What only translates can't have refused anything: nobody will ask for its text.
  const small = without(state, wanted, ({ table }) => table === "nat");
  return bounded(sizeOf(small) <= charsMax ? small : without(state, wanted, () => true));
}

function without(
  state: NetnsState,
  wanted: ReadonlySet<string>,
  isMeant: (rule: NetfilterRule) => boolean,
): NetnsState {
  const sets = setsWithout(state, wanted);
  const chains = new Chains(state.netfilter, sets);
  const bases = state.chains.filter(({ hook }) => hook !== undefined);
  const isLeftOut = (rule: NetfilterRule) => {
    const destination = destinationOf(rule);
    return destination !== null && isMeant(rule) && !wanted.has(destination) &&
      isPlain(rule, chains);
  };
  const kept = new Set<string>();
  for (const { family, table, name } of bases) {
    for (const legacy of [false, true]) {
      chains.reach({ family, table, name, legacy }, kept, (rule) => !isLeftOut(rule));
    }
  }
  // Chains without rules are jumped to, too.
  const named = new Set(
    [...kept].flatMap((key) => chains.rules(key)).flatMap((rule) =>
      chains.namedBy(rule).map((name) => `${rule.family} ${rule.table} ${name}`)
    ),
  );
  const netfilter = [...kept].flatMap((key) => elide(chains, chains.rules(key), isLeftOut));
  return {
    ...state,
    chains: state.chains.filter(({ family, table, name, hook, backend }) =>
      hook !== undefined ||
      [false, true].some((legacy) =>
        (backend === undefined || (backend === "iptables-legacy") === legacy) &&
        (kept.has(keyOf({ family, table, name, legacy })) ||
          named.has(`${family} ${table} ${name}`))
      )
    ),
    netfilter,
    sets,
  };
}

/** Verdict maps without what nobody asked about, each with what that could have done. */
function setsWithout(state: NetnsState, wanted: ReadonlySet<string>): NetfilterSet[] {
  let chains: Chains | undefined;
  return state.sets.map((set) => {
    const { kept, left, addresses } = splitMap(set, wanted);
    if (left.length === 0) return set;
    const whole = chains ??= new Chains(state.netfilter, state.sets);
    const leads: Leads = { chains: [], refuses: false, open: false };
    for (const element of left) addElement(leads, element);
    const behind = new Set<string>();
    for (const name of leads.chains) {
      whole.reach({ ...set, name, legacy: false }, behind, () => true);
    }
    const rules = [...behind].flatMap((key) => whole.rules(key));
    const refuses = leads.refuses || leads.open || rules.some((rule) => !isHarmless(rule, whole));
    return { ...set, elements: kept, elided: { addresses, refuses } };
  });
}

function sizeOf({ netfilter, chains }: NetnsState): number {
  return netfilter.reduce((sum, rule) => sum + ruleSize(rule), 0) + chains.length * 120;
}

/** Characters of its JSON, about. */
const ruleSize = ({ text, expressions, elided }: NetfilterRule) =>
  text.length + 200 + (expressions ? JSON.stringify(expressions).length : 0) +
  (elided?.destinations.length ?? 0) * 20;

/** How many rules from the first on can be sent. */
function fitting(rules: readonly NetfilterRule[]): number {
  let size = 0;
  const over = rules.findIndex((rule, i) =>
    (size += ruleSize(rule)) > LINE_CHARS_MAX || i >= RULES_MAX
  );
  return over < 0 ? rules.length : over;
}

/** Rows of one chain: those left out beside each other become one. */
function elide(
  chains: Chains,
  rules: readonly NetfilterRule[],
  isLeftOut: (rule: NetfilterRule) => boolean,
): NetfilterRule[] {
  const out: NetfilterRule[] = [];
  let open: NetfilterRule[] = [];
  const close = () => {
    if (open.length > 0) out.push(standIn(chains, open));
    open = [];
  };
  for (const rule of rules) {
    if (isLeftOut(rule)) {
      open.push(rule);
      continue;
    }
    close();
    out.push(rule);
  }
  close();
  return out;
}

function standIn(chains: Chains, rules: readonly NetfilterRule[]): NetfilterRule {
  const { family, table, chain, position, tool } = rules[0]!;
  const destinations = [...new Set(rules.map((rule) => destinationOf(rule)!))];
  const behind = new Set<string>();
  const all = rules.flatMap((rule) => {
    const target = chains.targetOf(rule);
    if (target) chains.reach(target, behind, () => true);
    return rule;
  });
  const inner = [...behind].flatMap((key) => chains.rules(key));
  return {
    ...{ family, table, chain, position, tool },
    text: `${all.length} rules, each for one of ${destinations.length} destinations, left out`,
    elided: {
      destinations,
      rules: all.length + inner.length,
      refuses: [...all, ...inner].some((rule) => !isHarmless(rule, chains)),
    },
  };
}

/** The largest sets lose elements first; one that did says so, and what it lacks is not known. */
function withSets(state: NetnsState): NetnsState {
  const sizes = state.sets.map(({ elements }) => JSON.stringify(elements).length);
  let over = sizes.reduce((sum, size) => sum + size, 0) - SET_CHARS_MAX;
  if (over <= 0) return state;
  const sets = [...state.sets];
  const largest = sizes.map((size, i) => ({ size, i })).sort((a, b) => b.size - a.size);
  for (const { size, i } of largest) {
    if (over <= 0) break;
    const { elements } = sets[i]!;
    const share = Math.max(0, size - over) / size;
    over -= size * (1 - share);
    sets[i] = {
      ...sets[i]!,
      elements: elements.slice(0, Math.floor(elements.length * share)),
      truncated: true,
    };
  }
  return { ...state, sets };
}

function bounded(whole: NetnsState): NetnsState {
  const state = withSets(whole);
  const gaps = [...state.gaps];
  const cut = <T>(what: "netfilter" | "chains", rows: T[], max: number): T[] => {
    if (rows.length <= max) return rows;
    gaps.push({ what, why: clip(`cut: ${max} of ${rows.length} rows kept`, 500) });
    return rows.slice(0, max);
  };
  const netfilter = cut("netfilter", state.netfilter, fitting(state.netfilter));
  return { ...state, netfilter, chains: cut("chains", state.chains, CHAINS_MAX), gaps };
}

/** As in `rule_chains.ts`: rules that were kept are the same objects in the next reading. */
const destinations = new WeakMap<NetfilterRule, string | null>();

/** `-d 10.96.0.1/32`, not negated: the only destination that the rule can match. */
function destinationOf(rule: NetfilterRule): string | null {
  let destination = destinations.get(rule);
  if (destination === undefined) {
    destination = rule.tool === "nft" ? null : DESTINATION.exec(rule.text)?.[1] ?? null;
    destinations.set(rule, destination);
  }
  return destination;
}
