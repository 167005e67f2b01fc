/** A filter's text as words and signs, and the reader the grammar walks over them with. */
import { malformed, quote } from "./malformed.ts";

/** A word or a parenthesis of a filter. */
export interface Token {
  /** In lower case, with `&&`, `||` and `!` as `and`, `or` and `not`; empty at the end alone. */
  text: string;
  /** As written, for messages. */
  raw: string;
  /** Where it starts, from 0. */
  at: number;
}

/** `[2001:db8::1]:443` is one word: brackets with no port behind them are pcap's arithmetic. */
const TOKEN =
  /\s+|"(?:[^"\\]|\\.)*"|&&|\|\||[()!/]|\[[\da-f:.]+\]:\w+|[^\s()!/&|[\]=<>+*^"]+|[^]/giu;
/** A name up to the space or sign behind it; what is quoted in it may be anything. */
const NAME = /(?:"(?:[^"\\]|\\.)*"|(?!&&|\|\|)[^\s()"])+/uy;
const SIGNS = new Map([["&&", "and"], ["||", "or"], ["!", "not"]]);
/** Signs of pcap's arithmetic, which reads header bytes. */
const ARITHMETIC = new Set("&|[]=<>+*^");

/** Cuts a filter into words and parentheses; the last token is empty and stands at the end. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: raw, index: at } of text.matchAll(TOKEN)) {
    if (raw.trim() === "") continue;
    tokens.push({ text: SIGNS.get(raw) ?? raw.toLowerCase(), raw, at });
  }
  tokens.push({ text: "", raw: "", at: text.length });
  return tokens;
}

/** Reads tokens one by one, and says where it stood when one is wrong. */
export class Reader {
  readonly #tokens: Token[];
  #next = 0;

  /** `keywords` start a term, in the order in which messages list them. */
  constructor(readonly text: string, readonly keywords: readonly string[]) {
    this.#tokens = tokenize(text);
  }

  /** The next token; the last one is empty and never passed. */
  peek(): Token {
    const token = this.#current();
    if (ARITHMETIC.has(token.raw)) {
      this.fail(token, "is not supported", "a filter without header bytes or arithmetic");
    }
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  /** Takes what stands next as a name, which may have signs in it; null when none stands there. */
  takeName(): Token | null {
    const { at } = this.#current();
    NAME.lastIndex = at;
    const raw = NAME.exec(this.text)?.[0];
    if (raw === undefined) return null;
    while (this.#next < this.#tokens.length - 1 && this.#tokens[this.#next]!.at < at + raw.length) {
      this.#next++;
    }
    return { text: raw.toLowerCase(), raw, at };
  }

  /** Takes the next token if it is one of these. */
  accept(...texts: string[]): Token | null {
    return texts.includes(this.#current().text) ? this.take() : null;
  }

  /** A sign of arithmetic may stand here: in a name it is one letter of it. */
  #current(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!;
  }

  /** Gives up at this token. `problem` says what is wrong with it, unless the filter just ends. */
  fail(token: Token, problem: string, should: string): never {
    const what = token.text === "" ? "the filter ends" : `${quote(token.raw)} ${problem}`;
    throw malformed(this.text, token.at, `${what}, must be ${should}`);
  }
}
