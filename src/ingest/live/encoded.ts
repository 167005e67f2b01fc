/** Messages of a live stream as bytes, made once for all viewers. */
import { encodeServerSentEvent } from "../../event/sse.ts";
import { gathered } from "../http/large_answer.ts";
import type { TextPieces } from "./packed_texts.ts";
import type { Message } from "./viewer.ts";

/**
 * Bytes of one piece. A server holds a dozen pieces for a reader that has stopped reading, and keeps all
 * memory that any of them is a part of: so each piece is memory of its own, and small.
 */
const PIECE_BYTES = 8 * 1024;

const encoder = new TextEncoder();

/**
 * A message's bytes in pieces: nobody may write into them. A piece is made when the first viewer comes to it,
 * so that a whole report is never encoded at once: that takes half a second for 44 MB, in which nobody else
 * is answered.
 */
export class Pieces {
  readonly #made: Uint8Array<ArrayBuffer>[] = [];
  #rest: Iterator<Uint8Array<ArrayBuffer>> | null;

  /** `bytes`: of all pieces, as near as matters for a bound. */
  constructor(pieces: Iterable<Uint8Array<ArrayBuffer>>, readonly bytes: number) {
    this.#rest = pieces[Symbol.iterator]();
  }

  /** A piece by its place; undefined: the message has no more. */
  at(index: number): Uint8Array<ArrayBuffer> | undefined {
    while (this.#rest !== null && this.#made.length <= index) {
      const { done, value } = this.#rest.next();
      if (done) this.#rest = null;
      else this.#made.push(value);
    }
    return this.#made[index];
  }

  /** Nobody took memory of them away: a stream may take that of what it is given. */
  get areWhole(): boolean {
    return this.#made.every(({ length }) => length > 0);
  }
}

/** By message: the bytes go with it, when the last viewer and the topic let go of it. */
const known = new WeakMap<Message, Pieces>();

/**
 * The bytes of one message, the same for every viewer. So a thousand viewers that read slowly cost one
 * copy of a report, not a thousand.
 */
export function encoded(message: Message): Pieces {
  const before = known.get(message);
  if (before?.areWhole) return before;
  const made = message.pieces === undefined ? ofOne(message) : ofPieces(message, message.pieces);
  known.set(message, made);
  return made;
}

/** Of bytes, so that its text need not be kept. */
function ofOne(message: Message): Pieces {
  const whole = encoder.encode(encodeServerSentEvent(message));
  return new Pieces(cut(whole), whole.length);
}

function ofPieces({ id, event }: Message, texts: TextPieces): Pieces {
  const head = encodeServerSentEvent({ ...(id === undefined ? {} : { id }), event, data: "" });
  const end = "\n\n";
  function* all() {
    yield head.slice(0, -end.length);
    yield* texts;
    yield end;
  }
  function* bytes() {
    for (const text of gathered(all(), PIECE_BYTES)) yield* cut(encoder.encode(text));
  }
  return new Pieces(bytes(), head.length + texts.chars);
}

function cut(whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  if (whole.length <= PIECE_BYTES) return [whole];
  const count = Math.ceil(whole.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, i) => {
    return whole.slice(i * PIECE_BYTES, (i + 1) * PIECE_BYTES);
  });
}
