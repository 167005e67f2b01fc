/** The right side of nft's matches: constants, ranges, prefixes, flags, sets. */
import { contains, parseAddress } from "../view/address.ts";
import { constant, type Domain } from "./constants.ts";
import { isJson } from "./json.ts";
import { ALL_BITS, flags, type Value } from "./nft_value.ts";
import { metElements } from "./set_index.ts";
import type { Traveller } from "./traveller.ts";
import { all, any, not, type Tri, tri } from "../view/tri.ts";

/** Where a rule stands: sets are named within their table. */
export interface Home {
  family: string;
  table: string;
}

const FLAG_DOMAINS: readonly Domain[] = ["tcp-flags", "ct-state", "ct-status"];

/**
 * Whether nft's match holds: `op` is its operator, `right` its right side as JSON, `home` where
 * sets are looked for.
 */
export function compare(
  value: Value,
  op: string,
  right: unknown,
  at: Traveller,
  home: Home,
): Tri {
  if (value.kind === "absent") return "no";
  if (value.kind === "unknown") return "unknown";
  switch (op) {
    case "==":
      return member(value, right, at, home);
    case "!=":
      // Kernels differ in whether a packet without that device has an empty name or none.
      if (value.kind === "text" && value.domain === "device" && value.value === "") {
        return "unknown";
      }
      return not(member(value, right, at, home));
    case "in":
      return isFlags(value) ? overlaps(value, right) : member(value, right, at, home);
    case "!":
      return isFlags(value) ? not(overlaps(value, right)) : "unknown";
    case "<":
    case ">":
    case "<=":
    case ">=":
      return ordered(value, op, right);
    default:
      return "unknown";
  }
}

const isFlags = (value: Value) => value.kind === "number" && FLAG_DOMAINS.includes(value.domain);

function overlaps(value: Value, right: unknown): Tri {
  if (value.kind !== "number") return "unknown";
  const mask = flags(value.domain, right);
  if (mask === null) return "unknown";
  if ((value.value & value.known & mask) !== 0) return "yes";
  return (mask & ~value.known) === 0 ? "no" : "unknown";
}

/** Whether a value is, or is among, what the right side says. */
export function member(value: Value, right: unknown, at: Traveller, home: Home): Tri {
  if (value.kind === "absent") return "no";
  if (value.kind === "unknown") return "unknown";
  if (typeof right === "string" && right.startsWith("@")) {
    return inNamedSet(value, right.slice(1), at, home);
  }
  if (isJson(right)) {
    if (Array.isArray(right.set)) return inElements(value, right.set, at, home);
    if (isJson(right.elem)) return inElement(value, right.elem, at, home);
    if (Array.isArray(right.range)) return inRange(value, right.range);
    if (isJson(right.prefix)) return inPrefix(value, right.prefix);
    if (Array.isArray(right.concat)) return inTuple(value, right.concat, at, home);
    if (right["|"] === undefined) return "unknown";
  }
  return value.kind === "tuple" ? "unknown" : equals(value, right);
}

/** Statements of an element decide, too, whether it matches. */
function inElement(
  value: Value,
  elem: Record<string, unknown>,
  at: Traveller,
  home: Home,
): Tri {
  const matches = member(value, elem.val, at, home);
  const plain = Object.keys(elem).every((key) =>
    ["val", "timeout", "expires", "comment", "counter"].includes(key)
  );
  return plain || matches === "no" ? matches : "unknown";
}

function inElements(value: Value, elements: unknown[], at: Traveller, home: Home): Tri {
  return any(metElements(elements, value).map((element) => member(value, element, at, home)));
}

function inNamedSet(value: Value, name: string, at: Traveller, home: Home): Tri {
  const set = at.set(home.family, home.table, name);
  if (!set) return "unknown";
  const keys = metElements(set.elements, value).map((element) =>
    Array.isArray(element) ? element[0] : element
  );
  const found = any(keys.map((key) => member(value, key, at, home)));
  return found === "no" && set.truncated ? "unknown" : found;
}

function inTuple(value: Value, parts: unknown[], at: Traveller, home: Home): Tri {
  if (value.kind !== "tuple" || value.parts.length !== parts.length) return "unknown";
  return all(value.parts.map((part, i) => member(part, parts[i], at, home)));
}

function equals(value: Value, right: unknown): Tri {
  if (value.kind === "number") {
    const wanted = flags(value.domain, right);
    if (wanted === null) return "unknown";
    if (((value.value ^ wanted) & value.known) !== 0) return "no";
    return value.known === ALL_BITS ? "yes" : "unknown";
  }
  if (value.kind !== "text" || typeof right !== "string") return "unknown";
  if (value.domain === "device") return deviceMatches(value.value, right);
  if (value.domain === "address") return sameAddress(value.value, right);
  return tri(value.value.toLowerCase() === right.toLowerCase());
}

/** `eth*` is a name's beginning; `eth\*` a name with an asterisk. */
function deviceMatches(name: string, pattern: string): Tri {
  if (pattern.endsWith("\\*")) return tri(name === pattern.slice(0, -2) + "*");
  if (!pattern.endsWith("*")) return tri(name === pattern);
  return tri(name !== "" && name.startsWith(pattern.slice(0, -1)));
}

function sameAddress(left: string, right: string): Tri {
  if (left === right) return "yes";
  // IPv4 has one spelling.
  if (!left.includes(":") && /^\d+\.\d+\.\d+\.\d+$/.test(right)) return "no";
  const a = parseAddress(left);
  const b = parseAddress(right);
  if (!a || !b) return "unknown";
  return tri(a.bits === b.bits && a.value === b.value);
}

function inPrefix(value: Value, prefix: Record<string, unknown>): Tri {
  if (value.kind !== "text" || value.domain !== "address") return "unknown";
  if (typeof prefix.addr !== "string" || typeof prefix.len !== "number") return "unknown";
  return tri(contains(`${prefix.addr}/${prefix.len}`, value.value));
}

function inRange(value: Value, range: unknown[]): Tri {
  const [from, to] = range.map((end) => rank(value, end));
  const own = rankOf(value);
  if (own === null || from === null || to === null) return "unknown";
  if (from === undefined || to === undefined) return "unknown";
  return tri(own >= from && own <= to);
}

function ordered(value: Value, op: string, right: unknown): Tri {
  const own = rankOf(value);
  const limit = rank(value, right);
  if (own === null || limit === null) return "unknown";
  if (op === "<") return tri(own < limit);
  if (op === ">") return tri(own > limit);
  return op === "<=" ? tri(own <= limit) : tri(own >= limit);
}

/** A value's place in its order; null when it has none, or not all of it is known. */
function rankOf(value: Value): bigint | null {
  if (value.kind === "number") return value.known === ALL_BITS ? BigInt(value.value) : null;
  if (value.kind !== "text" || value.domain !== "address") return null;
  return parseAddress(value.value)?.value ?? null;
}

function rank(value: Value, right: unknown): bigint | null {
  if (value.kind === "number") {
    const number = constant(value.domain, right);
    return number === null ? null : BigInt(number);
  }
  if (value.kind !== "text" || value.domain !== "address" || typeof right !== "string") return null;
  return parseAddress(right)?.value ?? null;
}
