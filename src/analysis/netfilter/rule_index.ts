/**
 * A long chain by what its rules ask for, so that a packet meets those rules alone that may match it,
 * in the order of the chain. What is passed over would have said "no" without doing anything else:
 * walking by the index and walking all rules come to the same (`rule_index_test.ts`).
 */
import type { NetfilterRule } from "../../event/state.ts";
import type { Headers } from "./hook_packet.ts";
import { joined, KeyIndex, type Positions } from "../view/key_index.ts";
import { originOf } from "../view/shortened.ts";
import { type Field, FIELDS, wantedBy } from "./rule_keys.ts";

/** Chains that are shorter are walked whole. */
const RULES_MIN = 16;

const indexes = new WeakMap<readonly NetfilterRule[], RuleIndex | null>();

/**
 * The rules of a chain that may match a packet with these headers, in their order. The list is that of
 * one chain, and must not change.
 */
export function metBy(
  rules: readonly NetfilterRule[],
  headers: Headers,
): readonly NetfilterRule[] {
  if (rules.length < RULES_MIN) return rules;
  const { whole, gone } = originOf(rules);
  let index = indexes.get(whole);
  if (index === undefined) indexes.set(whole, index = indexOf(whole));
  if (index === null) return rules;
  const met = index.for(headers).map((position) => whole[position]!);
  return gone.size === 0 ? met : met.filter((rule) => !gone.has(rule));
}

function indexOf(rules: readonly NetfilterRule[]): RuleIndex | null {
  const index = new RuleIndex(rules);
  return index.isVain ? null : index;
}

class RuleIndex {
  /** Of rules without keys: they are asked for every packet. */
  readonly #always: Positions = [];
  readonly #fields = new Map<Field, KeyIndex>();

  constructor(rules: readonly NetfilterRule[]) {
    rules.forEach((rule, position) => {
      const wanted = wantedBy(rule);
      if (wanted === null) return this.#always.push(position);
      const own = this.#fields.get(wanted.field) ?? new KeyIndex();
      this.#fields.set(wanted.field, own);
      own.add(position, wanted.keys);
    });
  }

  /** Asking it leaves nothing out, ever. */
  get isVain(): boolean {
    return this.#fields.size === 0;
  }

  for(headers: Headers): Positions {
    const lists = [this.#always];
    for (const field of FIELDS) {
      const value = headers[field];
      // Whether it has ports at all, and so what a rule says of them, can't be told then.
      const isKnown = typeof value !== "number" || headers.protocol !== undefined;
      const own = this.#fields.get(field)?.find(isKnown ? value : undefined);
      if (own) lists.push(own);
    }
    return joined(lists);
  }
}
