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
