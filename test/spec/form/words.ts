/** A line of a spec to words, and the few kinds of words all lines share. */

/** What is wrong with a spec, without its place; the reader of the file adds file and line. */
export class SpecError extends Error {
  override name = "SpecError";
}

/** Words end at blanks, but not inside quotes or braces. A `#` that begins a word ends the line. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let depth = 0;
  let quoted = false;
  for (const [i, c] of [...line].entries()) {
    if (c === '"' && line[i - 1] !== "\\") quoted = !quoted;
    if (!quoted && c === "{") depth++;
    if (!quoted && c === "}") depth--;
    if (!quoted && depth === 0 && c === "#" && word === "") break;
    if (c === " " && !quoted && depth === 0) {
      if (word !== "") words.push(word);
      word = "";
    } else word += c;
  }
  if (quoted || depth !== 0) throw new SpecError(`a quote or brace is open, must be closed`);
  if (word !== "") words.push(word);
  return words;
}

/** `name{inside}`, or null. */
export function group(word: string): { name: string; inside: string } | null {
  const match = /^([a-z0-9]+)\{(.*)\}$/s.exec(word);
  return match && { name: match[1]!, inside: match[2]! };
}

export function unquoted(word: string): string {
  return word.startsWith('"') ? JSON.parse(word) : word;
}

export const quoted = (text: string) => /^[^\s"{}#]+$/.test(text) ? text : JSON.stringify(text);

/** `100`, `100ns`, `1.5ms`, `2s` as nanoseconds. */
export function nanoseconds(word: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,9}))?(ns|us|ms|s)?$/.exec(word);
  if (!match) throw new SpecError(`"${word}" is no time, must be like 100, 5us, 1.5ms or 2s`);
  const digits = { ns: 0, us: 3, ms: 6, s: 9 }[match[3] ?? "ns"]!;
  const fraction = (match[2] ?? "").padEnd(digits, "0").slice(0, digits);
  return BigInt(match[1] + fraction);
}

/** The shortest spelling that is exact. */
export function timeText(ns: bigint): string {
  for (const [unit, size] of [["s", 1_000_000_000n], ["ms", 1_000_000n], ["us", 1000n]] as const) {
    if (ns !== 0n && ns % size === 0n) return `${ns / size}${unit}`;
  }
  return String(ns);
}

export function integer(word: string | undefined, what: string): number {
  if (word === undefined || !/^\d+$/.test(word)) {
    throw new SpecError(`${what} is "${word ?? ""}", must be a number`);
  }
  return Number(word);
}

export const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
