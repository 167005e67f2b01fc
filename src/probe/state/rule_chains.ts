/** The chains of a state's rules: which leads to which, and what can refuse a packet. */
import type { NetfilterRule, NetfilterSet } from "../../event/state.ts";
import { type Leads, leadsOf } from "./condense_maps.ts";

const TARGET = /(?:^| )-[jg] (\S+)/;

/** Rules that were kept are the same objects in the next reading. */
const words = new WeakMap<NetfilterRule, string | null>();

function targetWord(rule: NetfilterRule): string | null {
  let word = words.get(rule);
  if (word === undefined) {
    word = TARGET.exec(rule.text.replace(/"(?:[^"\\]|\\.)*"/g, '""'))?.[1] ?? null;
    words.set(rule, word);
  }
  return word;
}

const HARMLESS = /^(ACCEPT|RETURN|DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|MARK|CONNMARK|LOG|NFLOG)$/;

/** It does nothing but send the packet somewhere, mark it, or refuse it. */
export const isPlain = (rule: NetfilterRule, chains: Chains) =>
  isHarmless(rule, chains) || /^(DROP|REJECT)$/.test(targetWord(rule) ?? "");

/** Neither it refuses a packet, nor is it unknown whether it does; what it leads to aside. */
export function isHarmless(rule: NetfilterRule, chains: Chains): boolean {
  if (rule.tool === "nft") {
    const { refuses, open } = chains.leadsOf(rule);
    return !refuses && !open;
  }
  const word = targetWord(rule);
  return word === null || HARMLESS.test(word) || chains.targetOf(rule) !== null;
}

/** A chain; `legacy` tells iptables-legacy's from one of nft with the same name. */
export interface ChainName {
  family: string;
  table: string;
  name: string;
  legacy: boolean;
}

/** Equal for the same chain. */
export const keyOf = ({ family, table, name, legacy }: ChainName) =>
  `${legacy ? "legacy " : ""}${family} ${table} ${name}`;

/** Rules by their chain, and which chains lead to which. */
export class Chains {
  readonly #byKey = new Map<string, NetfilterRule[]>();

  readonly #sets: Map<string, NetfilterSet>;

  constructor(rules: readonly NetfilterRule[], sets: readonly NetfilterSet[]) {
    this.#sets = new Map(sets.map((set) => [`${set.family} ${set.table} ${set.name}`, set]));
    for (const rule of rules) {
      const key = this.#keyOf(rule);
      const list = this.#byKey.get(key);
      if (list) list.push(rule);
      else this.#byKey.set(key, [rule]);
    }
  }

  rules(key: string): readonly NetfilterRule[] {
    return this.#byKey.get(key) ?? [];
  }

  /** The chain that a rule of iptables jumps to, when that has rules. */
  targetOf(rule: NetfilterRule): ChainName | null {
    const name = targetWord(rule);
    if (rule.tool === "nft" || name === null) return null;
    const target = { ...this.#placeOf(rule), name };
    return this.#byKey.has(keyOf(target)) ? target : null;
  }

  /** Adds this chain, and all that rules lead to which `follows` takes, to `found`. */
  reach(from: ChainName, found: Set<string>, follows: (rule: NetfilterRule) => boolean): void {
    const waiting = [from];
    for (let name = waiting.pop(); name; name = waiting.pop()) {
      const key = keyOf(name);
      if (found.has(key) || !this.#byKey.has(key)) continue;
      found.add(key);
      for (const rule of this.rules(key)) {
        if (!follows(rule)) continue;
        if (rule.tool === "nft") waiting.push(...this.#mentioned(rule));
        else waiting.push(...[this.targetOf(rule)].filter((each) => each !== null));
      }
    }
  }

  /** Where a rule of nft leads, by itself or by a map. */
  leadsOf(rule: NetfilterRule): Leads {
    return leadsOf(rule, (name) => this.#sets.get(`${rule.family} ${rule.table} ${name}`));
  }

  /** Names of the chains that a rule leads to, with rules or without. */
  namedBy(rule: NetfilterRule): string[] {
    if (rule.tool === "nft") return this.leadsOf(rule).chains;
    const word = targetWord(rule);
    return word === null ? [] : [word];
  }

  #mentioned(rule: NetfilterRule): ChainName[] {
    const { chains, open } = this.leadsOf(rule);
    const place = this.#placeOf(rule);
    if (!open) return chains.map((name) => ({ ...place, name }));
    const prefix = `${rule.family} ${rule.table} `;
    return [...this.#byKey.keys()].filter((key) => key.startsWith(prefix))
      .map((key) => ({ ...place, name: key.slice(prefix.length) }));
  }

  #placeOf({ family, table, tool }: NetfilterRule) {
    return { family, table, legacy: tool === "iptables-legacy" };
  }

  #keyOf(rule: NetfilterRule): string {
    return keyOf({ ...this.#placeOf(rule), name: rule.chain });
  }
}
