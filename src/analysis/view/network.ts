/** Networks as numbers that can be looked up: many of them are compared with one address. */
import { parsePrefix } from "./address.ts";

/** The first `length` bits of an address, as a number: of IPv6 it is a large one. */
export interface Network {
  bits: 32 | 128;
  /** In bits. */
  length: number;
  /** Those bits. */
  network: number | bigint;
}

/** `10.0.0.0/8`, `10.0.0.1`. Null for a mask that is no prefix, and for what is no address. */
export function networkKey(text: string): Network | null {
  const slash = text.indexOf("/");
  const mask = slash < 0 ? "" : text.slice(slash + 1);
  if (slash >= 0 && !/^\d+$/.test(mask)) return null;
  const four = parseFour(slash < 0 ? text : text.slice(0, slash));
  if (four !== null) {
    const length = slash < 0 ? 32 : Number(mask);
    return length > 32 ? null : { bits: 32, length, network: firstBits(four, length) };
  }
  const prefix = parsePrefix(text);
  if (!prefix || prefix.bits === 32 || prefix.length > 128) return null;
  const { length, value } = prefix;
  return { bits: 128, length, network: value >> BigInt(128 - length) };
}

/** The network of so many bits that an address is in. */
export const networkOf = ({ bits, network }: Network, length: number): number | bigint =>
  bits === 32 ? firstBits(Number(network), length) : BigInt(network) >> BigInt(128 - length);

/** Signed, which is a small number to the engine; and a shift by 32 would be one by nothing. */
const firstBits = (value: number, length: number) => length === 0 ? 0 : (value | 0) >> 32 - length;

/** An address of IPv4 as `parseAddress` reads it, without large numbers: there are many. */
function parseFour(text: string): number | null {
  let value = 0;
  let part = -1;
  let digits = 0;
  let parts = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (part < 0) return null;
      value = value * 256 + part;
      [part, digits] = [-1, 0];
      parts += 1;
      continue;
    }
    digits += 1;
    if (code < 48 || code > 57 || digits > 3) return null;
    part = Math.max(part, 0) * 10 + code - 48;
    if (part > 255) return null;
  }
  return parts === 4 && part >= 0 ? value * 256 + part : null;
}
