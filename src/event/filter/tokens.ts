/** A filter's text as words and signs, and the reader the grammar walks over them with. */
import { malformed, quote } from "./malformed.ts";

/** A word or a parenthesis of a filter. */
export interface Token {
  /** In lower case, with `&&`, `||` and `!` as `and`, `or` and `not`; empty at the end. */
  text: string;
  /** As written, for messages. */
  raw: string;
  /** Where it starts, from 0. */
  at: number;
}

const TOKEN = /\s+|&&|\|\||[()!/]|[^\s()!/&|[\]=<>+*^]+|[^]/gu;
const SIGNS = new Map([["&&", "and"], ["||", "or"], ["!", "not"]]);
/** Signs of pcap's arithmetic, which reads header bytes. */
const ARITHMETIC = new Set("&|[]=<>+*^");

/** Cuts a filter into words and parentheses; the last token is empty and stands at the end. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: raw, index: at } of text.matchAll(TOKEN)) {
    if (raw.trim() === "") continue;
    if (ARITHMETIC.has(raw)) {
      throw malformed(
        text,
        at,
        `${quote(raw)} is not supported, must be a filter without header bytes or arithmetic`,
      );
    }
    tokens.push({ text: SIGNS.get(raw) ?? raw.toLowerCase(), raw, at });
  }
  tokens.push({ text: "", raw: "", at: text.length });
  return tokens;
}

/** Reads tokens one by one, and says where it stood when one is wrong. */
export class Reader {
  readonly #tokens: Token[];
  #next = 0;

  constructor(readonly text: string) {
    this.#tokens = tokenize(text);
  }

  /** The token `ahead` of the next one; the last token is empty and never passed. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  /** Takes the next token if it is one of these. */
  accept(...texts: string[]): Token | null {
    return texts.includes(this.peek().text) ? this.take() : null;
  }

  /** Gives up at this token. `problem` says what is wrong with it, unless the filter just ends. */
  fail(token: Token, problem: string, should: string): never {
    const what = token.text === "" ? "the filter ends" : `${quote(token.raw)} ${problem}`;
    throw malformed(this.text, token.at, `${what}, must be ${should}`);
  }
}
