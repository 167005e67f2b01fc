/** Headers in network byte order, written field after field. */
import { parseAddress } from "../../event/filter/address.ts";

/** An address in its bytes: 4 or 16 of them; of text that is none, zeros. */
export function addressBytes(address: string): number[] {
  const { version, bits } = parseAddress(address) ?? { version: 4, bits: 0n };
  const count = version === 4 ? 4 : 16;
  return Array.from(
    { length: count },
    (_, i) => Number(bits >> BigInt(8 * (count - 1 - i)) & 0xffn),
  );
}

/** A link address; zeros where none was seen. */
export const macBytes = (mac: string | undefined): number[] =>
  mac === undefined ? [0, 0, 0, 0, 0, 0] : mac.split(":").map((byte) => parseInt(byte, 16));

/** Two bytes; what is too large for them is cut. */
export const u16 = (value = 0): number[] => [value >>> 8 & 0xff, value & 0xff];

/** Four bytes. */
export const u32 = (value = 0): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
