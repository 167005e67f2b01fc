/** Chains, rules and sets from `nft -j list ruleset`. */
import { z } from "zod";
import type { NetfilterChain, NetfilterRule, NetfilterSet } from "../../event/state.ts";
import { clip, type Gaps, ROWS_MAX } from "./bounds.ts";
import { type NftText, ruleKey } from "./nft_text.ts";
import { int, str } from "./values.ts";

const place = { family: z.string(), table: z.string() };

const Chain = z.object({
  ...place,
  name: z.string(),
  type: str,
  hook: str,
  prio: int,
  policy: str,
  dev: z.union([z.string(), z.array(z.string())]).optional(),
});
const Rule = z.object({
  ...place,
  chain: z.string(),
  handle: z.number().int(),
  comment: str,
  expr: z.array(z.unknown()).optional(),
});
const Set = z.object({ ...place, name: z.string(), elem: z.array(z.unknown()).optional() });
const Counter = z.object({ ...place, name: z.string(), packets: int, bytes: int });

/** One element of nft's list: an object with one key, its kind. */
const Item = z.object({
  chain: Chain.optional(),
  rule: Rule.optional(),
  set: Set.optional(),
  map: Set.optional(),
  counter: Counter.optional(),
});

/** What netfilter does with packets in one namespace. */
export interface Netfilter {
  chains: NetfilterChain[];
  rules: NetfilterRule[];
  sets: NetfilterSet[];
}

/**
 * Characters of a rule's JSON that travel: a rule of thousands of addresses keeps its text only.
 */
const EXPRESSIONS_MAX = 8_000;

/**
 * Rows from the items of `nft -j list ruleset` (1.0 and 1.1), and from its text what JSON lacks.
 */
export function nftRuleset(items: readonly unknown[], text: NftText, gaps: Gaps): Netfilter {
  const out: Netfilter = { chains: [], rules: [], sets: [] };
  const counters = new Map<string, z.infer<typeof Counter>>();
  const positions = new Map<string, number>();
  let refused = 0;
  const parsed = items.flatMap((item) => {
    const one = Item.safeParse(item);
    if (!one.success) refused++;
    return one.success ? [one.data] : [];
  });
  for (const { counter } of parsed) {
    if (counter) counters.set(`${counter.family} ${counter.table} ${counter.name}`, counter);
  }
  for (const item of parsed) {
    if (item.chain) out.chains.push(...chainRows(item.chain, text));
    if (item.rule) {
      const key = `${item.rule.family} ${item.rule.table} ${item.rule.chain}`;
      const position = (positions.get(key) ?? 0) + 1;
      positions.set(key, position);
      out.rules.push(ruleRow(item.rule, position, text, counters));
    }
    const set = item.set ?? item.map;
    if (set) out.sets.push(setRow(set, item.map !== undefined));
  }
  if (refused > 0) gaps.add("netfilter", `${refused} objects of nft not understood`);
  return out;
}

/** One row per device: a netdev chain may be hooked into several. */
function chainRows(chain: z.infer<typeof Chain>, text: NftText): NetfilterChain[] {
  const row: NetfilterChain = {
    family: clip(chain.family, 255),
    table: clip(chain.table, 255),
    name: clip(chain.name, 255),
    backend: "nft",
    ...(chain.type === undefined ? {} : { type: clip(chain.type, 255) }),
    ...(chain.hook === undefined ? {} : { hook: clip(chain.hook, 255) }),
    ...(chain.prio === undefined ? {} : { priority: chain.prio }),
    ...(chain.policy === undefined ? {} : { policy: clip(chain.policy, 255) }),
  };
  const told = typeof chain.dev === "string" ? [chain.dev] : chain.dev;
  const devices = told ?? text.devices.get(`${chain.family} ${chain.table} ${chain.name}`) ?? [];
  if (devices.length === 0) return [row];
  return devices.slice(0, 256).map((device) => ({ ...row, device: clip(device, 255) }));
}

function ruleRow(
  rule: z.infer<typeof Rule>,
  position: number,
  text: NftText,
  counters: ReadonlyMap<string, z.infer<typeof Counter>>,
): NetfilterRule {
  const expressions = rule.expr ?? [];
  const json = JSON.stringify(expressions);
  const counted = counterOf(rule, counters);
  const written = text.rules.get(ruleKey(rule.family, rule.table, rule.chain, rule.handle));
  return {
    family: clip(rule.family, 255),
    table: clip(rule.table, 255),
    chain: clip(rule.chain, 255),
    handle: rule.handle,
    position,
    text: clip(written ?? json, 4000),
    tool: "nft",
    ...(counted?.packets === undefined ? {} : { packets: counted.packets }),
    ...(counted?.bytes === undefined ? {} : { bytes: counted.bytes }),
    ...(rule.comment === undefined ? {} : { comment: clip(rule.comment, 300) }),
    ...(json.length <= EXPRESSIONS_MAX ? { expressions } : {}),
  };
}

const CounterExpression = z.object({
  counter: z.union([z.object({ packets: int, bytes: int }), z.string()]),
});

/** An anonymous counter stands in the rule, a named one beside it. */
function counterOf(
  rule: z.infer<typeof Rule>,
  counters: ReadonlyMap<string, z.infer<typeof Counter>>,
): { packets?: number; bytes?: number } | undefined {
  for (const expression of rule.expr ?? []) {
    // A refusal of the schema costs more than all else that is done with a rule.
    if (typeof expression !== "object" || expression === null || !("counter" in expression)) {
      continue;
    }
    const found = CounterExpression.safeParse(expression).data?.counter;
    if (found === undefined) continue;
    return typeof found === "string"
      ? counters.get(`${rule.family} ${rule.table} ${found}`)
      : found;
  }
  return undefined;
}

function setRow(set: z.infer<typeof Set>, map: boolean): NetfilterSet {
  const elements = set.elem ?? [];
  return {
    family: clip(set.family, 255),
    table: clip(set.table, 255),
    name: clip(set.name, 255),
    elements: elements.slice(0, ROWS_MAX.setElements),
    map,
    ...(elements.length > ROWS_MAX.setElements ? { truncated: true } : {}),
  };
}
