/**
 * Boolean expressions of bpftrace, built small: constants fold and common conditions are shared.
 */

/** A condition; `true` and `false` where it does not depend on the packet. */
export type Expression =
  | boolean
  | Comparison
  | { op: "not"; part: Expression }
  | { op: "and" | "or"; parts: Expression[] };

/** Text that can stand between `&&` and `||` as it is, and how many comparisons it makes. */
export interface Comparison {
  op: "compare";
  text: string;
  /** What it counts for in `countComparisons`. */
  comparisons: number;
}

/** A comparison as it is written; `comparisons` says how many are in the text. */
export const compare = (text: string, comparisons = 1): Comparison => ({
  op: "compare",
  text,
  comparisons,
});

/** Not `part`; two negations cancel out. */
export function negate(part: Expression): Expression {
  if (typeof part === "boolean") return !part;
  return part.op === "not" ? part.part : { op: "not", part };
}

/** All of the parts: `true` for none, `false` when one of them never holds. */
export function allOf(parts: Expression[]): Expression {
  const flat = flatten("and", parts, true);
  return flat === null ? false : flat.length === 0 ? true : one("and", flat);
}

/**
 * Any of the parts: `false` for none, `true` when one of them always holds. Alternatives that start
 * with the same condition share it: one `$fam == 4` for ten hosts.
 */
export function anyOf(parts: Expression[]): Expression {
  const flat = flatten("or", parts, false);
  if (flat === null) return true;
  const groups = Map.groupBy(flat, (part) => render(firstOf(part)));
  if (groups.size < flat.length) {
    return anyOf([...groups.values()].map((group) => {
      const [first = false, ...others] = group;
      if (others.length === 0) return first;
      const rests = group.map((part) => allOf(conjuncts(part).slice(1)));
      return allOf([firstOf(first), anyOf(rests)]);
    }));
  }
  return flat.length === 0 ? false : one("or", flat);
}

const conjuncts = (part: Expression): Expression[] =>
  typeof part !== "boolean" && part.op === "and" ? part.parts : [part];

/** The condition that has to hold first. */
const firstOf = (part: Expression): Expression => conjuncts(part)[0] ?? part;

/** Lifts nested operands of the same kind, drops repeated ones; null when one decides it all. */
function flatten(op: "and" | "or", parts: Expression[], neutral: boolean): Expression[] | null {
  const seen = new Map<string, Expression>();
  for (const part of parts) {
    if (part === !neutral) return null;
    if (part === neutral) continue;
    const lifted = typeof part !== "boolean" && part.op === op ? part.parts : [part];
    for (const each of lifted) seen.set(render(each), each);
  }
  return [...seen.values()];
}

function one(op: "and" | "or", parts: Expression[]): Expression {
  const [first, ...others] = parts;
  return first !== undefined && others.length === 0 ? first : { op, parts };
}

/** How many comparisons a packet may cost, of all that the expression is made of. */
export function countComparisons(expression: Expression): number {
  if (typeof expression === "boolean") return 0;
  switch (expression.op) {
    case "compare":
      return expression.comparisons;
    case "not":
      return countComparisons(expression.part);
    default:
      return expression.parts.reduce((sum, part) => sum + countComparisons(part), 0);
  }
}

/**
 * The expression as bpftrace reads it. Parentheses are around everything mixed, so that nothing
 * depends on bpftrace's precedence.
 */
export function render(expression: Expression): string {
  if (typeof expression === "boolean") return expression ? "1" : "0";
  switch (expression.op) {
    case "compare":
      return expression.text;
    case "not":
      return `!(${render(expression.part)})`;
    default: {
      const sign = expression.op === "and" ? " && " : " || ";
      return expression.parts.map(operand).join(sign);
    }
  }
}

function operand(part: Expression): string {
  const isChain = typeof part !== "boolean" && (part.op === "and" || part.op === "or");
  return isChain ? `(${render(part)})` : render(part);
}
