/**
 * Who the ingest has taken batches of. While it is away nobody can tell whether a token is one, and any
 * text would fill the spool of those whose tokens are: all whom it never took a batch of share a tenth.
 */
import type { SentText } from "./relayed_body.ts";

/** Tokens that are remembered. */
const KNOWN_MAX = 20_000;
/** Answers to a token that is none, or not for this. */
const REFUSED = new Set([401, 403, 404]);
/** The share of the spool for all others. */
const SHARE = 0.1;

/** Tokens as the ingest answered them, and what others have of the spool. */
export class Strangers {
  readonly #known = new Set<string>();
  #chars = 0;

  /** The spool is empty. */
  begin(): void {
    this.#chars = 0;
  }

  /** What the ingest answered to one with this token. */
  answered(token: string, status: number): void {
    const isRefused = REFUSED.has(status);
    // Who has to wait, or what failed inside, tells nothing of a token.
    if (!isRefused && (status === 429 || status >= 500)) return;
    this.#known.delete(token);
    if (isRefused) return;
    this.#known.add(token);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.values().next().value!);
  }

  /** Whether this may be kept in a spool of so many bytes; what may is counted. */
  mayKeep({ token, text }: Pick<SentText, "token" | "text">, spoolBytesMax: number): boolean {
    if (this.#known.has(token)) return true;
    if (this.#chars + text.length > spoolBytesMax * SHARE) return false;
    this.#chars += text.length;
    return true;
  }
}
