/** Messages of a live stream as bytes, made once for all viewers. */
import { encodeServerSentEvent } from "../../event/sse.ts";
import { gathered } from "../http/large_answer.ts";
import { KEPT_BYTES, LargePieces } from "./large_pieces.ts";
import { TextPieces } from "./packed_texts.ts";
import { KeptPieces, PIECE_BYTES, type Pieces } from "./pieces.ts";
import type { Message } from "./viewer.ts";

const encoder = new TextEncoder();

/** By message: the bytes go with it, when the last viewer and the topic let go of it. */
const known = new WeakMap<Message, Pieces>();

/**
 * The bytes of one message, the same for every viewer. So a thousand viewers that read slowly cost one
 * copy of a report, not a thousand.
 */
export function encoded(message: Message): Pieces {
  const before = known.get(message);
  if (before?.areWhole) return before;
  const made = piecesOf(message);
  known.set(message, made);
  return made;
}

function piecesOf(message: Message): Pieces {
  const { together, pieces } = message;
  if (together !== undefined) {
    return ofTexts("", new TextPieces(together.map(encodeServerSentEvent), null), "");
  }
  return pieces === undefined ? ofOne(message) : ofTexts(headOf(message), pieces, END);
}

const END = "\n\n";

/** What is written of an event before its data. */
function headOf({ id, event }: Message): string {
  const empty = encodeServerSentEvent({ ...(id === undefined ? {} : { id }), event, data: "" });
  return empty.slice(0, -END.length);
}

/** Of bytes, so that its text need not be kept. */
function ofOne(message: Message): Pieces {
  const whole = encoder.encode(encodeServerSentEvent(message));
  return new KeptPieces(cut(whole), whole.length);
}

function ofTexts(head: string, texts: TextPieces, end: string): Pieces {
  if (texts.chars > KEPT_BYTES) return new LargePieces(head, texts, end);
  function* all() {
    yield head;
    yield* texts;
    yield end;
  }
  function* bytes() {
    for (const text of gathered(all(), PIECE_BYTES)) yield* cut(encoder.encode(text));
  }
  return new KeptPieces(bytes(), head.length + texts.chars);
}

function cut(whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  if (whole.length <= PIECE_BYTES) return [whole];
  const count = Math.ceil(whole.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, i) => {
    return whole.slice(i * PIECE_BYTES, (i + 1) * PIECE_BYTES);
  });
}
