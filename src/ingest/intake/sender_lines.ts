/** The lines of a relayed body by their senders. */
import { z } from "zod";
import { Problem } from "../http/problem.ts";
import type { LineSink } from "./lines.ts";

/** The line before the batches of one sender. */
export const SenderLine = z.strictObject({
  kind: z.literal("sender"),
  version: z.literal(1),
  incident: z.string().max(128),
  /** What the sender itself would send as its bearer token. */
  token: z.string().max(500),
});

/** The line before the batches of one sender. */
export type SenderLine = z.infer<typeof SenderLine>;

/** The beginning of such a line, by which it is told from all others. */
export const SENDER_LINE = '{"kind":"sender"';

/** Senders of one body. */
const SENDERS_MAX = 1_000;

/** A sender and what it sent. */
export interface Sent {
  sender: SenderLine;
  /** Its lines with their ends. */
  bytes: Uint8Array[];
}

/**
 * Lines by their sender, as a splitter gives them; `keep` is to be called after each piece of the body.
 * Lines that follow each other are kept as one stretch of bytes, not one by one. Throws Problem
 * `relayed_malformed`.
 */
export class SenderLines implements LineSink {
  readonly sent: Sent[] = [];
  /** Lines of the last sender that are not kept yet. */
  #bytes = NOTHING;
  #from = 0;
  #to = 0;

  line(bytes: Uint8Array, from: number, to: number): void {
    const { sent } = this;
    if (isSender(bytes, from)) {
      this.keep();
      sent.push({ sender: readSender(decoder.decode(bytes.subarray(from, to))), bytes: [] });
      if (sent.length > SENDERS_MAX) {
        throw malformed(`it has more than ${SENDERS_MAX} senders`, 413);
      }
    } else if (sent.length === 0) {
      if (from !== to) throw malformed("it does not begin with a sender's line", 422);
    } else if (bytes === this.#bytes && from === this.#to + NEWLINE.length) this.#to = to;
    else {
      this.keep();
      [this.#bytes, this.#from, this.#to] = [bytes, from, to];
    }
  }

  /** Whoever reads the lines finds it too long once more, and counts it. */
  tooLong(chars: number): void {
    this.keep();
    this.sent.at(-1)?.bytes.push(new Uint8Array(chars).fill(SPACE), NEWLINE);
  }

  /** Copies the lines before their bytes become others. */
  keep(): void {
    if (this.#bytes === NOTHING) return;
    this.sent.at(-1)!.bytes.push(this.#bytes.slice(this.#from, this.#to), NEWLINE);
    this.#bytes = NOTHING;
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);

const decoder = new TextDecoder();
const SPACE = 32;
const NEWLINE = new Uint8Array([10]);
const SENDER_BYTES = new TextEncoder().encode(SENDER_LINE);

const isSender = (bytes: Uint8Array, from: number) =>
  SENDER_BYTES.every((byte, i) => bytes[from + i] === byte);

function readSender(line: string): SenderLine {
  try {
    return SenderLine.parse(JSON.parse(line));
  } catch {
    throw malformed("a sender's line can't be read", 422);
  }
}

const malformed = (is: string, status: 413 | 422) =>
  new Problem(
    status,
    "relayed_malformed",
    `Cannot accept relayed batches: ${is}, must be as a relay sends it`,
  );
