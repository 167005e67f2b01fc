/** IP addresses and prefixes as numbers, for matching against routes and rules. */

/** An address as a number of 32 or 128 bits. Null when the text is no address. */
export function parseAddress(text: string): { bits: 32 | 128; value: bigint } | null {
  if (text.includes(":")) return parse6(text);
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = value << 8n | BigInt(part);
  }
  return { bits: 32, value };
}

function parse6(text: string): { bits: 128; value: bigint } | null {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded) {
    const low = parseAddress(embedded[2]!);
    if (!low) return null;
    const words = [(low.value >> 16n).toString(16), (low.value & 0xffffn).toString(16)];
    return parse6(embedded[1]! + words.join(":"));
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = (half: string) => half === "" ? [] : half.split(":");
  const head = groups(halves[0]!);
  const tail = groups(halves[1] ?? "");
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return null;
  let value = 0n;
  for (const group of [...head, ...Array(gap).fill("0"), ...tail]) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
    value = value << 16n | BigInt(`0x${group}`);
  }
  return { bits: 128, value };
}

/** A network: addresses that begin with the first `length` bits of `value`. */
export interface Prefix {
  bits: 32 | 128;
  /** The address before the slash, as a number of so many bits. */
  value: bigint;
  /** In bits. */
  length: number;
}

const prefixes = new Map<string, Prefix | null>();

/** `10.0.0.0/8`; a bare address is a whole one. Null when the text is no prefix. */
export function parsePrefix(text: string): Prefix | null {
  const known = prefixes.get(text);
  if (known !== undefined) return known;
  const [address, length] = text.split("/");
  const parsed = parseAddress(address!);
  const prefix = parsed && { ...parsed, length: length === undefined ? parsed.bits : +length };
  if (prefixes.size > 100_000) prefixes.clear();
  prefixes.set(text, prefix);
  return prefix;
}

/** The address is in the network; false when either can't be read, or the families differ. */
export function contains(prefix: string, address: string): boolean {
  const net = parsePrefix(prefix);
  const host = parsePrefix(address);
  if (!net || !host || net.bits !== host.bits) return false;
  const shift = BigInt(net.bits - net.length);
  return net.value >> shift === host.value >> shift;
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: string): boolean {
  if (address.includes(":")) return address.toLowerCase().startsWith("ff");
  const dot = address.indexOf(".");
  const first = Number(dot < 0 ? address : address.slice(0, dot));
  return first >= 224 && first <= 239;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** fe80::/10 (to febf) or 169.254.0.0/16. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith("169.254.");
}

/** Two prefixes, or addresses with the length of their network, are of the same network. */
export function isSameNetwork(a: string, b: string): boolean {
  const [left, right] = [parsePrefix(a), parsePrefix(b)];
  if (!left || !right || left.bits !== right.bits || left.length !== right.length) return false;
  const shift = BigInt(left.bits - left.length);
  return left.value >> shift === right.value >> shift;
}

/** The second prefix lies in the first, or is the same. */
export function containsNetwork(outer: string, inner: string): boolean {
  const [large, small] = [parsePrefix(outer), parsePrefix(inner)];
  if (!large || !small || large.bits !== small.bits || large.length > small.length) return false;
  const shift = BigInt(large.bits - large.length);
  return large.value >> shift === small.value >> shift;
}
