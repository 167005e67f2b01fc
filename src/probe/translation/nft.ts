/** NAT rules as the expressions of `nft -j list ruleset`. */
import type { NetfilterSet } from "../../event/state.ts";
import { parseSubnet, type Subnet } from "../../event/filter/address.ts";
import {
  type Action,
  ALL_BITS,
  type Case,
  narrowed,
  portNumber,
  protocolNumber,
  type Where,
} from "./rule.ts";

type Json = Record<string, unknown>;
type Sets = (name: string) => NetfilterSet | undefined;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a rule may do. A map gives a case for each of its elements. `sets` finds one by name. */
export function nftCases(expressions: readonly unknown[], sets: Sets): Case[] {
  let where: Where = {};
  let isExact = true;
  const cases: Case[] = [];
  for (const expression of expressions) {
    if (!isObject(expression)) continue;
    const [kind, value] = Object.entries(expression)[0] ?? [];
    if (kind === "match" && isObject(value)) {
      const ends = markOrNetwork(value, sets);
      if (ends !== undefined) where = narrowed(where, ends);
      else isExact = false;
      if (value.op !== "!=") where = narrowed(where, conditionOf(value.left, value.right, sets));
    } else if (kind === "return" || kind === "accept") {
      if (isExact) cases.push({ where: {}, action: { do: "leave" } });
    } else if (kind !== undefined) {
      if (kind !== "counter") isExact = false;
      cases.push(...casesOf(kind, value, sets));
    }
  }
  return cases.map((each) => ({ ...each, where: narrowed(where, each.where) }));
}

/** What a match asks of the mark or of an end, when that is all it asks. */
function markOrNetwork({ op, left, right }: Json, sets: Sets): Where | undefined {
  if (!isObject(left) || (op !== "==" && op !== "!=" && op !== "in")) return undefined;
  const is = op !== "!=";
  const mark = markTest(left, right);
  if (mark !== undefined) return { marks: [{ ...mark, is }] };
  const { payload } = left;
  if (!isObject(payload) || !/^ip6?$/.test(String(payload.protocol))) return undefined;
  if (payload.field !== "saddr" && payload.field !== "daddr") return undefined;
  const networks = networksOf(right, sets);
  if (networks === undefined) return undefined;
  if (payload.field === "saddr") return is ? { sources: [networks] } : { notSources: networks };
  if (!is) return { notTo: networks };
  // Whole addresses are destinations, as told by who reads those.
  return typeof right === "string" && !right.startsWith("@") ? {} : { to: [networks] };
}

const isMark = (value: unknown) =>
  isObject(value) && isObject(value.meta) && value.meta.key === "mark";

/** `meta mark & MASK` or `meta mark`, compared with a number. */
function markTest(left: Json, right: unknown): { mask: number; value: number } | undefined {
  if (typeof right !== "number") return undefined;
  if (isMark(left)) return { mask: ALL_BITS, value: right };
  const [what, mask] = Array.isArray(left["&"]) ? left["&"] : [];
  return isMark(what) && typeof mask === "number" ? { mask, value: right } : undefined;
}

/** `meta mark set VALUE`, or the mark and more bits; what is not told may be all of them. */
function marking({ key, value }: Json): Case[] {
  if (!isMark(key)) return [];
  const [what, more] = isObject(value) ? [value["|"], value["^"]].find(Array.isArray) ?? [] : [];
  const bits = typeof value === "number"
    ? value
    : isMark(what) && typeof more === "number"
    ? more
    : ALL_BITS;
  return [{ where: {}, action: { do: "mark", bits } }];
}

/** Addresses and prefixes; undefined with a range, or another thing that is not told. */
function networksOf(right: unknown, sets: Sets): Subnet[] | undefined {
  const set = typeof right === "string" && right.startsWith("@") ? sets(right.slice(1)) : undefined;
  if (set?.truncated || set?.elided) return undefined;
  const all = typeof right === "string" && right.startsWith("@")
    ? set?.elements
    : isObject(right) && Array.isArray(right.set)
    ? right.set
    : [right];
  const networks = (all ?? [null]).map(plain).map((one) => {
    if (typeof one === "string") return parseSubnet(one);
    if (!isObject(one) || !isObject(one.prefix)) return null;
    return parseSubnet(`${one.prefix.addr}/${one.prefix.len}`);
  });
  return networks.includes(null) ? undefined : networks as Subnet[];
}

function casesOf(kind: string, value: unknown, sets: Sets): Case[] {
  const body = isObject(value) ? value : {};
  switch (kind) {
    case "jump":
    case "goto":
      return [{ where: {}, action: { do: "jump", chain: String(body.target) } }];
    case "vmap":
      return mapped(body, sets).flatMap(({ where, to }) => {
        const [verdict, target] = isObject(to) ? Object.entries(to)[0] ?? [] : [];
        return verdict === undefined ? [] : casesOf(verdict, target, sets)
          .map((inner) => ({ ...inner, where: narrowed(where, inner.where) }));
      });
    case "dnat":
      return addressed(body, sets, (address, port) => ({ do: "destination", address, port }));
    case "snat":
      return addressed(body, sets, (address) => ({ do: "source", address }));
    case "masquerade":
      return [{ where: {}, action: { do: "source" } }];
    case "mangle":
      return marking(body);
    case "redirect":
      return [{ where: {}, action: { do: "destination", port: portNumber(body.port) } }];
    default:
      return [];
  }
}

/** `dnat to ADDRESS:PORT`, and the same out of a map, whose values may be both. */
function addressed(
  { addr, port }: Json,
  sets: Sets,
  act: (address: string | undefined, port: number | undefined) => Action,
): Case[] {
  const own = portNumber(port);
  const map = isObject(addr) && isObject(addr.map) ? addr.map : undefined;
  if (map === undefined) {
    const address = firstOf(addr);
    if (address === undefined && own === undefined) return [];
    return [{ where: {}, action: act(address, own) }];
  }
  return mapped(map, sets).flatMap(({ where, to }) => {
    const parts = isObject(to) && Array.isArray(to.concat) ? to.concat : [to];
    const address = firstOf(parts[0]);
    return address === undefined
      ? []
      : [{ where, action: act(address, portNumber(parts[1]) ?? own) }];
  });
}

/** An address, or the first of a range. */
function firstOf(value: unknown): string | undefined {
  if (typeof value === "string" && !value.startsWith("@")) return value;
  if (isObject(value) && Array.isArray(value.range)) return firstOf(value.range[0]);
  return undefined;
}

/**
 * The elements of a map, which stands in the rule or is named: the condition on its key, its value.
 */
function mapped({ key, data }: Json, sets: Sets): { where: Where; to: unknown }[] {
  const elements = typeof data === "string"
    ? sets(data.replace(/^@/, ""))?.elements
    : isObject(data) && Array.isArray(data.set)
    ? data.set
    : undefined;
  return (elements ?? []).flatMap((element) =>
    Array.isArray(element)
      ? [{ where: conditionOf(key, plain(element[0]), sets), to: element[1] }]
      : []
  );
}

/** An element with a timeout or a counter is wrapped. */
function plain(value: unknown): unknown {
  return isObject(value) && isObject(value.elem) ? value.elem.val : value;
}

function conditionOf(left: unknown, right: unknown, sets: Sets): Where {
  if (!isObject(left)) return {};
  const lefts = Array.isArray(left.concat) ? left.concat : [left];
  if (lefts.length > 1) {
    const rights = isObject(right) && Array.isArray(right.concat) ? right.concat : [];
    return lefts.reduce<Where>(
      (where, part, i) => narrowed(where, conditionOf(part, rights[i], sets)),
      {},
    );
  }
  const values = valuesOf(right, sets);
  if (values === undefined || values.length === 0) return {};
  return simpleCondition(left, values);
}

function simpleCondition({ payload, meta, fib }: Json, values: readonly unknown[]): Where {
  if (isObject(fib)) {
    return isLocalDestination(fib) && values[0] === "local" ? { isLocal: true } : {};
  }
  const field = isObject(payload) ? `${payload.protocol} ${payload.field}` : "";
  const key = isObject(meta) ? meta.key : undefined;
  if (field === "ip daddr" || field === "ip6 daddr") {
    const destinations = values.filter((value) => typeof value === "string");
    return destinations.length === values.length ? { destinations } : {};
  }
  if (key === "l4proto" || field === "ip protocol" || field === "ip6 nexthdr") {
    return { protocols: known(values.map((value) => protocolNumber(value as string))) };
  }
  if (key === "oifname") return { outputDevice: String(values[0]) };
  const [protocol = "", name] = field.split(" ");
  if (name !== "dport") return {};
  const ports = known(values.map(portNumber));
  const number = protocolNumber(protocol);
  return { ports, ...(number === undefined ? {} : { protocols: [number] }) };
}

const isLocalDestination = ({ result, flags }: Json) =>
  result === "type" && [flags].flat().join() === "daddr";

/** Undefined when one of them is not known: then the condition may hold for any value. */
function known<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const all = values.filter((value) => value !== undefined);
  return all.length === values.length ? all : undefined;
}

/**
 * Values that stand alone; undefined with a prefix or range, which could mean any of its values.
 */
function valuesOf(right: unknown, sets: Sets): unknown[] | undefined {
  if (typeof right === "string" && right.startsWith("@")) {
    return sets(right.slice(1))?.elements.map(plain).filter(isSingle);
  }
  if (isObject(right) && Array.isArray(right.set)) {
    const all = right.set.map(plain);
    return all.every(isSingle) ? all : undefined;
  }
  return isSingle(right) ? [right] : undefined;
}

const isSingle = (value: unknown) => typeof value === "string" || typeof value === "number";
