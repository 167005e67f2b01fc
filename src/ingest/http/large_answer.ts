/**
 * Answers that are large. A reader that stops reading keeps what is left of its answer, so there are
 * only so many at once, and a text is turned into bytes piece by piece: all its readers share the text.
 */
import type { Clock } from "../clock.ts";
import type { BodySlots } from "./body_slots.ts";

/** Texts of fewer characters are sent as they are: most sockets take them at once. */
const SMALL_CHARS = 128 * 1024;
const PIECE_CHARS = 32 * 1024;

/** Who sends an answer, and to whom. */
export interface Sending {
  slots: BodySlots;
  /** Whose request it is. */
  token: string;
  /** Only the headers are wanted: nobody will read the answer. */
  isHead: boolean;
  clock: Clock;
  /** A reader that takes no further piece for so long is cut off: it would keep others waiting. */
  pieceMs: number;
}

/** Texts that are made when somebody reads them. */
export interface Texts extends Iterable<string> {
  /** Of all of them, about. */
  readonly chars: number;
}

/**
 * Texts, each of whole characters, as the body of an answer. Rejects with Problem `busy` when too many
 * large ones are being sent.
 */
export async function textAnswer(
  texts: readonly string[] | Texts,
  sending: Sending,
): Promise<string | ReadableStream<Uint8Array<ArrayBuffer>>> {
  const chars = "chars" in texts ? texts.chars : texts.reduce((sum, { length }) => sum + length, 0);
  return chars < SMALL_CHARS
    ? [...texts].join("")
    : await heldAnswer(() => bytesOf(texts), sending);
}

/**
 * What is opened once there is room for it, and counts as being sent until its end; empty where only the
 * headers are wanted. Rejects with Problem `busy`, and has opened nothing then.
 */
export async function heldAnswer(
  open: () => ReadableStream<Uint8Array<ArrayBuffer>>,
  { slots, token, isHead, clock, pieceMs }: Sending,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | string> {
  if (isHead) return "";
  const over = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const held = slots.hold(token, () => {
    begun.resolve();
    return over.promise;
  });
  await Promise.race([begun.promise, held]);
  const reader = opened(open, over.resolve).getReader();
  let stopWaiting = () => {};
  const end = () => {
    stopWaiting();
    over.resolve();
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      stopWaiting();
      try {
        const { done, value } = await reader.read();
        if (done) {
          end();
          controller.close();
          return;
        }
        stopWaiting = clock.after(pieceMs, () => {
          end();
          const why = new Error(`the answer's reader took nothing for ${pieceMs / 1000} s`);
          reader.cancel(why).catch(() => {});
          controller.error(why);
        });
        controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** What is opened; what can't be gives its room back. */
function opened<T>(open: () => T, giveBack: () => void): T {
  try {
    return open();
  } catch (error) {
    giveBack();
    throw error;
  }
}

function bytesOf(texts: Iterable<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const pieces = gathered(texts);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  }, { highWaterMark: 0 });
}

/** Texts in pieces of about one size: many small ones as one, a large one as several. */
export function* gathered(texts: Iterable<string>, charsMax = PIECE_CHARS): Generator<string> {
  let waiting: string[] = [];
  let chars = 0;
  for (const text of texts) {
    if (chars + text.length > charsMax && chars > 0) {
      yield waiting.join("");
      [waiting, chars] = [[], 0];
    }
    if (text.length > charsMax) yield* piecesOf(text);
    else {
      waiting.push(text);
      chars += text.length;
    }
  }
  if (chars > 0) yield waiting.join("");
}

/** A text in small pieces, each of whole characters. */
export function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = wholeEnd(text, at + PIECE_CHARS);
    yield text.slice(at, end);
    at = end;
  }
}

/** An index that parts no character of two halves. */
function wholeEnd(text: string, index: number): number {
  const isFirstHalf = /[\ud800-\udbff]/.test(text.charAt(index - 1));
  return isFirstHalf ? index + 1 : index;
}
