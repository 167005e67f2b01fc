/** Words that bpftrace printed in hexadecimal, back to the bytes they were loaded from. */

/**
 * Writes a word (up to 16 hex digits, loaded little-endian) as eight bytes of wire order. Anything
 * that is not hexadecimal becomes zeroes: the line was checked for its shape before.
 */
export function writeWord(view: DataView, offset: number, hex: string): void {
  const low = hex.length > 8 ? parseInt(hex.slice(-8), 16) : parseInt(hex, 16);
  const high = hex.length > 8 ? parseInt(hex.slice(0, -8), 16) : 0;
  view.setUint32(offset, low, true);
  view.setUint32(offset + 4, high, true);
}

/** The IPv4 address at an offset in bytes, as decimal numbers with dots. */
export function readIp4(view: DataView, offset: number): string {
  return `${view.getUint8(offset)}.${view.getUint8(offset + 1)}.${view.getUint8(offset + 2)}.${
    view.getUint8(offset + 3)
  }`;
}

/** The IPv6 address at an offset in bytes, written as RFC 5952 says. */
export function readIp6(view: DataView, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push(view.getUint16(offset + i * 2));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      best = i;
      bestLength = end - i;
    }
    if (end > i) i = end;
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best < 0) return text(groups);
  return `${text(groups.slice(0, best))}::${text(groups.slice(best + bestLength))}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The MAC at an offset in bytes: `02:42:0a:00:00:01`. */
export function readMac(view: DataView, offset: number): string {
  let text = HEX[view.getUint8(offset)]!;
  for (let i = 1; i < 6; i++) text += ":" + HEX[view.getUint8(offset + i)]!;
  return text;
}
