/** Messages of protobuf, as far as the tests ask containerd: texts, numbers, messages in messages. */

/** A field's number to what it holds; of a list and of a map, one after the other. */
export type Message = { [field: number]: Value | Value[] };
type Value = string | number | Message;

const encoder = new TextEncoder();

/** The bytes of a message. */
export function encoded(message: Message): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const [field, value] of Object.entries(message)) {
    for (const one of [value].flat() as Value[]) {
      if (typeof one === "number") {
        bytes.push(...varint(Number(field) << 3), ...varint(one));
        continue;
      }
      const inner = typeof one === "string" ? encoder.encode(one) : encoded(one);
      bytes.push(...varint(Number(field) << 3 | 2), ...varint(inner.length), ...inner);
    }
  }
  return Uint8Array.from(bytes);
}

/** The first text of a field of a message that holds texts alone. */
export function textOf(bytes: Uint8Array, field: number): string | undefined {
  for (let at = 0; at < bytes.length;) {
    const [key, length] = [bytes[at]!, bytes[at + 1]!];
    const value = bytes.subarray(at + 2, at + 2 + length);
    if (key === (field << 3 | 2)) return new TextDecoder().decode(value);
    at += 2 + length;
  }
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >>> 7)];
}
