/** What is joined by `||` at the top of an expression of bpftrace. */

/** The parts in their order, without parentheses around them; an expression without `||` is one. */
export function alternativesOf(expression: string): string[] {
  const plain = unwrapped(expression.trim());
  const parts = splitAtTop(plain);
  return parts.length === 1 ? parts : parts.flatMap(alternativesOf);
}

function splitAtTop(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < expression.length; i++) {
    if (expression[i] === "(") depth++;
    else if (expression[i] === ")") depth--;
    else if (depth === 0 && expression.startsWith("||", i)) {
      parts.push(expression.slice(begin, i).trim());
      begin = i + 2;
      i++;
    }
  }
  return [...parts, expression.slice(begin).trim()];
}

/** Without a pair of parentheses that holds all of it. */
function unwrapped(expression: string): string {
  if (!expression.startsWith("(")) return expression;
  let depth = 0;
  for (let i = 0; i < expression.length; i++) {
    if (expression[i] === "(") depth++;
    else if (expression[i] === ")") depth--;
    if (depth > 0) continue;
    return i === expression.length - 1 ? unwrapped(expression.slice(1, -1).trim()) : expression;
  }
  return expression;
}

/** So many alternatives of a filter are one statement, unless a program is refused so. */
const TOGETHER = 2;

/**
 * The filter in statements of some alternatives each. All that one expression asks for must be at hand
 * at once, and what each statement found out is kept for the next ones: either may need more than the
 * 512 bytes that a program's stack has. Two together fitted in all that was tried.
 */
export function takesOf(filter: string, together = TOGETHER): string {
  const all = alternativesOf(filter);
  const statements: string[] = [];
  for (let i = 0; i < all.length; i += together) {
    const some = all.slice(i, i + together).map((one) => `(${one})`).join(" || ");
    statements.push(`if (${some}) { $take = (uint64)1; }`);
  }
  return statements.join("\n");
}
