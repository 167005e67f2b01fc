/**
 * What a rule asks for at least, as keys: a packet that has none of them is surely passed by, so a
 * long chain need not ask the rule.
 */
import type { NetfilterRule } from "../../event/state.ts";
import type { Key } from "../view/key_index.ts";
import { networkKey } from "../view/network.ts";
import { iptablesWords } from "./iptables_words.ts";
import { isJson } from "./json.ts";
import { looksOnly } from "./nft_statements.ts";

/** What of a packet a key is compared with. */
export const FIELDS = ["destination", "source", "destinationPort", "sourcePort"] as const;
/** One of them. */
export type Field = typeof FIELDS[number];

/** A packet whose `field` is none of `keys` is passed by. */
export interface Wanted {
  field: Field;
  keys: Key[];
  /** How much a rule with these keys leaves out, as the length of a prefix of IPv4. */
  weight: number;
}

/** A port leaves out more than a short prefix, and less than an address. */
const PORT_WEIGHT = 24;

/** Null: there is nothing that it surely asks for, or it is not understood whole. */
export function wantedBy(rule: NetfilterRule): Wanted | null {
  if (rule.elided !== undefined) return null;
  const found = rule.tool === "nft" ? nftWanted(rule.expressions ?? []) : iptablesWanted(rule.text);
  let best: Wanted | null = null;
  for (const each of found) {
    if (best === null || each.weight > best.weight) best = each;
  }
  return best;
}

/** Of `iptables-save`, whose first words are the addresses; ports stand behind. */
function* iptablesWanted(text: string): Generator<Wanted> {
  // A text that was cut says less than the rule.
  if (text.endsWith("…")) return;
  const begin = /^-A \S+ (?:(! )?-s (\S+) )?(?:(! )?-d (\S+) )?/.exec(text);
  if (!begin) return;
  const [, notSource, source, notDestination, destination] = begin;
  if (source !== undefined && !notSource) yield* network("source", source);
  if (destination !== undefined && !notDestination) yield* network("destination", destination);
  if (source ?? destination) return;
  for (const { option, negated, values } of iptablesWords(text).conditions) {
    const field = PORT_OPTIONS[option];
    if (field === undefined || negated || values.length !== 1) continue;
    const form = option.endsWith("s") ? /^\d+(,\d+)*$/ : /^\d+$/;
    if (!form.test(values[0]!)) continue;
    yield {
      field,
      keys: values[0]!.split(",").map((port) => ({ port: Number(port) })),
      weight: PORT_WEIGHT,
    };
  }
}

function* network(field: Field, text: string): Generator<Wanted> {
  const key = networkKey(text);
  if (key) yield { field, keys: [key], weight: weightOf(key) };
}

const PORT_OPTIONS: Partial<Record<string, Field>> = {
  ...{ dport: "destinationPort", dports: "destinationPort" },
  ...{ sport: "sourcePort", sports: "sourcePort" },
};

const weightOf = (key: Key) => "port" in key ? PORT_WEIGHT : key.length * 32 / key.bits;

/** Matches that stand before anything that a packet keeps when the rule does not match. */
function* nftWanted(expressions: readonly unknown[]): Generator<Wanted> {
  for (const expression of expressions) {
    if (!isJson(expression)) return;
    const [kind, body] = Object.entries(expression)[0] ?? ["", null];
    if (kind === "match") {
      if (!isJson(body)) return;
      const wanted = body.op === "==" ? nftMatch(body.left, body.right) : null;
      if (wanted) yield wanted;
    } else if (!looksOnly(kind, body)) return;
  }
}

function nftMatch(left: unknown, right: unknown): Wanted | null {
  const field = fieldOf(left);
  if (field === null) return null;
  const listed = isJson(right) && Array.isArray(right.set) ? right.set : [right];
  const keys: Key[] = [];
  for (const each of listed) {
    const key = field.endsWith("Port") ? portKey(each) : addressKey(each);
    if (key === null) return null;
    keys.push(key);
  }
  if (keys.length === 0) return null;
  return { field, keys, weight: Math.min(...keys.map(weightOf)) };
}

/** The header that the left side of a match reads; null when it is none of those with keys. */
function fieldOf(left: unknown): Field | null {
  const payload = isJson(left) && isJson(left.payload) ? left.payload : null;
  if (payload === null || payload.tunnel !== undefined) return null;
  const isAddress = payload.protocol === "ip" || payload.protocol === "ip6";
  const isPort = ["tcp", "udp", "th"].includes(String(payload.protocol));
  switch (payload.field) {
    case "daddr":
      return isAddress ? "destination" : null;
    case "saddr":
      return isAddress ? "source" : null;
    case "dport":
      return isPort ? "destinationPort" : null;
    case "sport":
      return isPort ? "sourcePort" : null;
    default:
      return null;
  }
}

/** A number, as nft prints ports. */
export const portKey = (right: unknown): Key | null =>
  typeof right === "number" && Number.isInteger(right) && right >= 0 ? { port: right } : null;

/** `10.0.0.1`, `{"prefix": {"addr": "10.0.0.0", "len": 8}}`. */
export function addressKey(right: unknown): Key | null {
  if (typeof right === "string") return right.includes("/") ? null : networkKey(right);
  if (!isJson(right) || !isJson(right.prefix)) return null;
  const { addr, len } = right.prefix;
  return typeof addr === "string" && typeof len === "number" ? networkKey(`${addr}/${len}`) : null;
}
