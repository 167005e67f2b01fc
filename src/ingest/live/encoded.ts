/** Messages of a live stream as bytes, made once for all viewers. */
import { encodeServerSentEvent } from "../../event/sse.ts";
import type { Message } from "./viewer.ts";

const encoder = new TextEncoder();

/** By message: the bytes go with it, when the last viewer and the topic let go of it. */
const known = new WeakMap<Message, Uint8Array<ArrayBuffer>>();

/**
 * The bytes of one message, the same for every viewer: nobody may write into them. So a thousand
 * viewers that read slowly cost one copy of a report, not a thousand.
 */
export function encoded(message: Message): Uint8Array<ArrayBuffer> {
  const before = known.get(message);
  // A stream that takes the memory of what it is given leaves nothing for the next viewer.
  if (before !== undefined && before.length > 0) return before;
  const bytes = encoder.encode(encodeServerSentEvent(message));
  known.set(message, bytes);
  return bytes;
}
