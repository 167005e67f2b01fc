/** The rules of a namespace, followed from where the kernel begins through all jumps. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import { iptablesCases } from "./iptables.ts";
import { bitsNeeded } from "./marks.ts";
import { nftCases } from "./nft.ts";
import { ALL_BITS, type Case, narrowed, type Where } from "./rule.ts";

/** Rules looked at in one namespace at most, each once for every way of jumps to it. */
const STEPS_MAX = 200_000;
const DEPTH_MAX = 16;

/** What rules may do, found by following them. */
export class RuleWalk {
  readonly #chains = new Map<string, NetfilterRule[]>();
  readonly #sets: Map<string, NetnsState["sets"][number]>;
  readonly #cases = new Map<NetfilterRule, Case[]>();

  constructor(readonly state: NetnsState) {
    for (const rule of state.netfilter) {
      const key = `${rule.family} ${rule.table} ${rule.chain}`;
      const rules = this.#chains.get(key);
      if (rules === undefined) this.#chains.set(key, [rule]);
      else rules.push(rule);
    }
    this.#sets = new Map(state.sets.map((set) => [`${set.family} ${set.table} ${set.name}`, set]));
  }

  /** What changes the ends of packets. */
  translating(): Case[] {
    const begins = this.state.chains.filter(({ type, hook }) => type === "nat" && hook);
    const { cases } = this.#walk(begins, (action) => action.do !== "mark");
    return cases;
  }

  /** What may set one of these bits of a packet that has none of them yet, before it is sent. */
  marking(bits: number): Case[] {
    const marks = this.#chainsThatMark(bits);
    const begins = this.state.chains.filter(({ hook }) => hook !== undefined);
    const { cases, isWhole } = this.#walk(
      begins,
      (action) => action.do === "mark" && (action.bits & bits) !== 0,
      (chain) => marks.has(chain),
    );
    if (!isWhole) return [{ where: {}, action: { do: "mark", bits: ALL_BITS } }];
    return cases.filter(({ where }) => (bitsNeeded(where) & bits) === 0);
  }

  /** Chains by which a packet may come to a rule that sets one of the bits. */
  #chainsThatMark(bits: number): Set<string> {
    const marks = new Set<string>();
    const from = new Map<string, string[]>();
    for (const [key, rules] of this.#chains) {
      const place = key.slice(0, key.lastIndexOf(" "));
      for (const { action } of rules.flatMap((rule) => this.#casesOf(place, rule))) {
        if (action.do === "mark" && (action.bits & bits) !== 0) marks.add(key);
        if (action.do !== "jump") continue;
        const target = `${place} ${action.chain}`;
        const callers = from.get(target);
        if (callers === undefined) from.set(target, [key]);
        else callers.push(key);
      }
    }
    for (const chain of marks) for (const caller of from.get(chain) ?? []) marks.add(caller);
    return marks;
  }

  #casesOf(place: string, rule: NetfilterRule): Case[] {
    let cases = this.#cases.get(rule);
    if (cases === undefined) {
      cases = rule.tool === "nft"
        ? nftCases(rule.expressions ?? [], (name) => this.#sets.get(`${place} ${name}`))
        : iptablesCases(rule.text);
      this.#cases.set(rule, cases);
    }
    return cases;
  }

  #walk(
    begins: NetnsState["chains"],
    wants: (action: Case["action"]) => boolean,
    enters: (chain: string) => boolean = () => true,
  ): { cases: Case[]; isWhole: boolean } {
    const cases: Case[] = [];
    let steps = 0;
    let isWhole = true;
    const visit = (place: string, chain: string, where: Where, depth: number): void => {
      const key = `${place} ${chain}`;
      if (!enters(key)) return;
      if (depth > DEPTH_MAX) {
        isWhole = false;
        return;
      }
      let unless: Where[] = [];
      for (const rule of this.#chains.get(key) ?? []) {
        if (++steps > STEPS_MAX) {
          isWhole = false;
          return;
        }
        for (const { where: own, action } of this.#casesOf(place, rule)) {
          if (action.do === "leave") {
            if (Object.values(own).every((asked) => asked === undefined)) return;
            unless = [...unless, own];
            continue;
          }
          if (action.do !== "jump" && !wants(action)) continue;
          const whole = narrowed(where, unless.length === 0 ? own : { ...own, unless });
          if (action.do === "jump") visit(place, action.chain, whole, depth + 1);
          else cases.push({ where: whole, action });
        }
      }
    };
    for (const { family, table, name, hook } of begins) {
      visit(`${family} ${table}`, name, hook === "output" ? { isLocalSource: true } : {}, 0);
    }
    return { cases, isWhole };
  }
}
