/** Messages of a live stream as bytes, made once for all viewers. */
import { encodeServerSentEvent } from "../../event/sse.ts";
import { gathered } from "../http/large_answer.ts";
import type { Message } from "./viewer.ts";

/**
 * Bytes of one piece. A server holds a dozen pieces for a reader that has stopped reading, and keeps all
 * memory that any of them is a part of: so each piece is memory of its own, and small.
 */
const PIECE_BYTES = 8 * 1024;

/** A message's bytes: nobody may write into them. */
export interface Pieces {
  pieces: readonly Uint8Array<ArrayBuffer>[];
  /** Of all pieces. */
  bytes: number;
}

const encoder = new TextEncoder();

/** By message: the bytes go with it, when the last viewer and the topic let go of it. */
const known = new WeakMap<Message, Pieces>();

/**
 * The bytes of one message, the same for every viewer. So a thousand viewers that read slowly cost one
 * copy of a report, not a thousand.
 */
export function encoded(message: Message): Pieces {
  const before = known.get(message);
  // A stream that takes the memory of what it is given leaves nothing for the next viewer.
  if (before !== undefined && before.pieces.every(({ length }) => length > 0)) return before;
  const pieces = Array.from(textsOf(message), (text) => cut(encoder.encode(text))).flat();
  const made = { pieces, bytes: pieces.reduce((sum, { length }) => sum + length, 0) };
  known.set(message, made);
  return made;
}

/** The event, in one text where it is small: a large one is never put together. */
function textsOf(message: Message): Iterable<string> {
  const { pieces } = message;
  if (pieces === undefined) return [encodeServerSentEvent(message)];
  const { id, event } = message;
  const head = encodeServerSentEvent({ ...(id === undefined ? {} : { id }), event, data: "" });
  const end = "\n\n";
  return gathered([head.slice(0, -end.length), ...pieces, end], PIECE_BYTES);
}

function cut(whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  if (whole.length <= PIECE_BYTES) return [whole];
  const count = Math.ceil(whole.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, i) => {
    return whole.slice(i * PIECE_BYTES, (i + 1) * PIECE_BYTES);
  });
}
