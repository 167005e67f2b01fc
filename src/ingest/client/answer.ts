/** Answers of an ingest that may be an enemy: bounded in bytes, in time and in what they say. */
import { LasthopError } from "../../event/error.ts";

/** Bytes of an answer to what was sent, and of a problem; a hundred refused lines fit many times. */
export const SMALL_ANSWER_BYTES_MAX = 1024 * 1024;
/** Bytes of a report or a flow, after decompression. */
export const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
/** For a whole answer but a stream's. */
export const ANSWER_MS_MAX = 300_000;
/** Seconds that an ingest can make somebody wait. */
const RETRY_AFTER_SECONDS_MAX = 3_600;
/** Characters of words that are shown. */
const WORDS_CHARS_MAX = 500;

/**
 * The text of an answer. Throws LasthopError `ingest_strange` when it is longer than `bytesMax`; the
 * rest is not taken then.
 */
export async function readText(
  response: Response,
  url: string,
  bytesMax: number,
): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw strange(url, `it answered more than ${bytesMax} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The JSON of an answer. Throws LasthopError `ingest_strange` as `readText`, and for no JSON. */
export async function readJson<T>(response: Response, url: string, bytesMax: number): Promise<T> {
  const text = await readText(response, url, bytesMax);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw strange(url, "its answer is no JSON");
  }
}

/** Words of an ingest for a terminal: no control characters, and not without an end. */
export function plainWords(words: unknown): string {
  // deno-lint-ignore no-control-regex
  return String(words).slice(0, WORDS_CHARS_MAX).replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** Seconds of a Retry-After, or to the moment that a proxy may name instead; an hour at most. */
export function secondsOf(retryAfter: string | null): number | null {
  if (retryAfter === null) return null;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, seconds), RETRY_AFTER_SECONDS_MAX);
}

/** The LasthopError `ingest_strange` of an ingest that does what none of ours does. */
export function strange(url: string, is: string): LasthopError {
  const must = "must be a `lasthop serve`";
  return new LasthopError("ingest_strange", `Cannot use the ingest at ${url}: ${is}, ${must}`);
}
