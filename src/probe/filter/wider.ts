/** Filters that let through all that another does, and are small enough for the kernel. */
import { formatAddress, fullMask, parseAddress } from "../../event/filter/address.ts";
import { type AddressTerm, ALL, type FilterNode, join } from "../../event/filter/ast.ts";
import { type Translation, widen } from "../../event/filter/mod.ts";

/**
 * What the kernel may be asked in place of `widen(node, translations)` where that is too large for it,
 * the narrowest first, as far as that can be told. Each passes all that it passes.
 */
export function* widerThan(
  node: FilterNode,
  translations: readonly Translation[],
): Generator<FilterNode> {
  yield loosened(node, new Others(translations));
  for (const part of partsOf(node)) yield widen(part, translations);
}

/** Of what must all hold, one part, those that name an end first; of alternatives one of each. */
function partsOf(node: FilterNode): FilterNode[] {
  if (node.kind === "and") {
    const parts = node.nodes.toSorted((a, b) => rank(a) - rank(b));
    return [...parts, ...parts.flatMap(partsOf)];
  }
  if (node.kind !== "or") return [];
  const each = node.nodes.map((child) => [...partsOf(child), child]);
  if (each.every((some) => some.length === 1)) return [];
  const most = Math.max(...each.map((some) => some.length));
  return Array.from(
    { length: most },
    (_, i) => join("or", each.map((some) => some[Math.min(i, some.length - 1)]!)),
  );
}

/** The fewer packets pass, the lower: an end is less than a port, and that is less than a protocol. */
function rank(node: FilterNode): number {
  switch (node.kind) {
    case "address":
      return node.side === "either" ? 1 : 0;
    case "port":
      return 3;
    case "protocol":
      return 4;
    case "and":
      return Math.min(...node.nodes.map(rank));
    case "or":
      return Math.max(...node.nodes.map(rank)) + 0.5;
    default:
      return 5;
  }
}

/** What addresses become by translations, or are made from. */
class Others {
  readonly #of = new Map<string, Set<string>>();
  readonly hasPorts: boolean;

  constructor(translations: readonly Translation[]) {
    for (const { from, to } of translations) {
      this.#add(from.address, to.address);
      this.#add(to.address, from.address);
    }
    this.hasPorts = translations.some(({ from, to }) =>
      from.port !== undefined || to.port !== undefined
    );
  }

  #add(address: string, other: string): void {
    const known = this.#of.get(address);
    if (known === undefined) this.#of.set(address, new Set([other]));
    else known.add(other);
  }

  /** The term, and those for what its addresses are called after or before a translation. */
  termsOf(term: AddressTerm): AddressTerm[] {
    const found = new Map<string, AddressTerm>();
    for (const [address, others] of this.#of) {
      const own = parseAddress(address);
      if (own === null || own.version !== term.version) continue;
      if ((own.bits & term.mask) !== term.bits) continue;
      for (const other of others) {
        const read = parseAddress(other);
        if (read === null || read.version !== term.version) continue;
        const one: AddressTerm = { ...term, bits: read.bits, mask: fullMask(read.version) };
        found.set(formatAddress(one), one);
      }
    }
    return [term, ...found.values()];
  }
}

/**
 * Each end by all of its addresses, without the ports: what an end is translated to then need not be
 * written down once for each thing that the other end may be.
 */
function loosened(node: FilterNode, others: Others): FilterNode {
  switch (node.kind) {
    case "address":
      return ends(node, others);
    case "port":
      return others.hasPorts ? ALL : node;
    // What is left out there may be what was asked for, as it is called elsewhere.
    case "not":
      return ALL;
    case "or":
      return some(node.nodes.map((child) => loosened(child, others)));
    case "and":
      return every(betweenTwo(node.nodes).map((child) => loosened(child, others)));
    default:
      return node;
  }
}

function ends(term: AddressTerm, others: Others): FilterNode {
  if (term.side !== "both") return join("or", others.termsOf(term));
  const onSide = (side: "source" | "destination") => ends({ ...term, side }, others);
  return join("and", [onSide("source"), onSide("destination")]);
}

/**
 * `host A and host B`, which a packet between other ends passes as well where both may be called alike,
 * as from A to B or from B to A.
 */
function betweenTwo(nodes: FilterNode[]): FilterNode[] {
  const groups = nodes.filter((node) => eitherEnds(node) !== null);
  const [a, b, more] = groups;
  if (a === undefined || b === undefined || more !== undefined) return nodes;
  const [as, bs] = [eitherEnds(a)!, eitherEnds(b)!];
  if (as.some((one) => bs.some((other) => !areApart(one, other)))) return nodes;
  const way = (from: AddressTerm[], to: AddressTerm[]): FilterNode =>
    join("and", [
      join("or", from.map((term) => ({ ...term, side: "source" as const }))),
      join("or", to.map((term) => ({ ...term, side: "destination" as const }))),
    ]);
  const between: FilterNode = { kind: "or", nodes: [way(as, bs), way(bs, as)] };
  return [between, ...nodes.filter((node) => node !== a && node !== b)];
}

/** Addresses of which one must be at either end; null for other parts. */
function eitherEnds(node: FilterNode): AddressTerm[] | null {
  const terms = node.kind === "or" ? node.nodes : [node];
  const found = terms.filter((term) => term.kind === "address" && term.side === "either");
  return found.length === terms.length ? found as AddressTerm[] : null;
}

function areApart(a: AddressTerm, b: AddressTerm): boolean {
  return a.version !== b.version || ((a.bits ^ b.bits) & a.mask & b.mask) !== 0n;
}

const some = (nodes: FilterNode[]): FilterNode =>
  nodes.some(({ kind }) => kind === "all") ? ALL : join("or", nodes);

function every(nodes: FilterNode[]): FilterNode {
  const open = nodes.filter(({ kind }) => kind !== "all");
  return open.length === 0 ? ALL : join("and", open);
}
