/** Netlink's messages: what is asked, and what comes, in the byte order of the machine. Pure. */

/** One message. */
export interface Message {
  /** A number of `linux/rtnetlink.h` or of the family that it is about. */
  type: number;
  /** Bits: NLM_F_…. */
  flags: number;
  /** What follows the header of netlink. */
  body: Uint8Array;
}

/** Bytes of a message's header. */
const HEADER_BYTES = 16;
/** NLM_F_REQUEST, and NLM_F_DUMP: all there are. */
const REQUEST = 1;
const DUMP = 0x300;

const align = (bytes: number) => (bytes + 3) & ~3;

/** A question to the kernel: for one thing, or for all of a kind. */
export function request(type: number, body: Uint8Array, all = false): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, all ? REQUEST | DUMP : REQUEST, true);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Messages that came together. What is cut or makes no sense ends them. */
export function* messagesIn(bytes: Uint8Array): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(at, true);
    if (length < HEADER_BYTES || at + length > bytes.length) return;
    yield {
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      body: bytes.subarray(at + HEADER_BYTES, at + length),
    };
    at += align(length);
  }
}

/** Attributes by type, from `from` on in a message's body; of several of one type the last. */
export function attributesOf(body: Uint8Array, from: number): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = from;
  while (at + 4 <= body.length) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > body.length) break;
    // The two highest bits say how its content is written.
    found.set(view.getUint16(at + 2, true) & 0x3fff, body.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}

/** An attribute with a number of 32 bits. */
export function attribute32(type: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, bytes.length, true);
  view.setUint16(2, type, true);
  view.setUint32(4, value, true);
  return bytes;
}

/** A number of 32 bits at the beginning; undefined when there are fewer. */
export function int32(bytes: Uint8Array | undefined, little = true): number | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, little);
}
