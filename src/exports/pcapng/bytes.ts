/** Headers in network byte order, written field after field. */

/** An address in its bytes: 4 or 16 of them; of text that is none, zeros. */
export function addressBytes(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  // An IPv4 address at the end of an IPv6 one is its last two groups.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [head = "", tail] = text.split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((one) => parseInt(one, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const between = new Array(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...between, ...after].flatMap(u16);
}

/** A link address; zeros where none was seen. */
export const macBytes = (mac: string | undefined): number[] =>
  mac === undefined ? [0, 0, 0, 0, 0, 0] : mac.split(":").map((byte) => parseInt(byte, 16));

/** Two bytes; what is too large for them is cut. */
export const u16 = (value = 0): number[] => [value >>> 8 & 0xff, value & 0xff];

/** Four bytes. */
export const u32 = (value = 0): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
