/** IP addresses as numbers: what masks, comparisons and the compiler need. */

/** An IP address as a number: `bits` has 32 or 128 bits, by its version. */
export interface Address {
  version: 4 | 6;
  /** The address, most significant bit first. */
  bits: bigint;
}

/** Addresses that are `bits` where `mask` has ones. */
export interface Subnet extends Address {
  /** As many bits as the version has. */
  mask: bigint;
}

const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** All bits of an IPv4 address. */
export const MASK4 = 0xffff_ffffn;
/** All bits of an IPv6 address. */
export const MASK6 = (1n << 128n) - 1n;

/** Every bit of an address of this version. */
export const fullMask = (version: 4 | 6) => version === 4 ? MASK4 : MASK6;

/** Reads a whole IPv4 or IPv6 address, null when it is none. Zones (`%eth0`) are none. */
export function parseAddress(text: string): Address | null {
  return text.includes(":") ? parse6(text) : parse4(text);
}

function parse4(text: string): Address | null {
  const octets = text.split(".");
  return octets.length === 4 ? parseOctets(octets) : null;
}

/** One to four octets, the missing ones zero. A leading zero is refused: some read it as octal. */
export function parseOctets(octets: string[]): Address | null {
  if (octets.length > 4) return null;
  let bits = 0;
  for (let i = 0; i < 4; i++) {
    const octet = octets[i] ?? "0";
    if (!OCTET.test(octet) || +octet > 255) return null;
    bits = bits * 256 + +octet;
  }
  return { version: 4, bits: BigInt(bits) };
}

function parse6(text: string): Address | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  let bits = 0n;
  for (const group of [...head, ...Array<number>(missing).fill(0), ...tail]) {
    bits = bits << 16n | BigInt(group);
  }
  return { version: 6, bits };
}

/** Sixteen-bit groups between colons; the last may be an IPv4 address where the text ends. */
function groups(text: string, last: boolean): number[] | null {
  if (text === "") return [];
  const result: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (GROUP.test(part)) {
      result.push(parseInt(part, 16));
      continue;
    }
    const embedded = last && i === parts.length - 1 ? parse4(part) : null;
    if (embedded === null) return null;
    result.push(Number(embedded.bits >> 16n), Number(embedded.bits & 0xffffn));
  }
  return result;
}

/** The canonical text: dotted quad, or RFC 5952 with v4-mapped addresses in mixed notation. */
export function formatAddress({ version, bits }: Address): string {
  if (version === 4) return format4(bits);
  if (bits >> 32n === 0xffffn) return `::ffff:${format4(bits & MASK4)}`;
  const words = Array.from({ length: 8 }, (_, i) => Number(bits >> BigInt(112 - 16 * i) & 0xffffn));
  const [start, length] = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

const format4 = (bits: bigint) =>
  [24n, 16n, 8n, 0n].map((shift) => String(bits >> shift & 0xffn)).join(".");

function longestZeros(words: number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0, i = 0; i <= words.length; i++) {
    if (words[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}

/** The mask with `length` leading ones. */
export function prefixMask(version: 4 | 6, length: number): bigint {
  const width = version === 4 ? 32 : 128;
  return fullMask(version) >> BigInt(width - length) << BigInt(width - length);
}

/** How many leading ones the mask has, null when ones follow zeros. */
export function prefixLength(version: 4 | 6, mask: bigint): number | null {
  const width = version === 4 ? 32 : 128;
  for (let length = 0; length <= width; length++) {
    if (prefixMask(version, length) === mask) return length;
  }
  return null;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or an address alone; bits behind the length are left out. */
export function parseSubnet(text: string): Subnet | null {
  const [name = "", length, more] = text.split("/");
  const address = parseAddress(name);
  if (address === null || more !== undefined) return null;
  const { version, bits } = address;
  if (length === undefined) return { version, bits, mask: fullMask(version) };
  if (!/^\d{1,3}$/.test(length) || Number(length) > (version === 4 ? 32 : 128)) return null;
  const mask = prefixMask(version, Number(length));
  return { version, bits: bits & mask, mask };
}

/** Whether the network has the address. */
export const hasAddress = (network: Subnet, { version, bits }: Address): boolean =>
  version === network.version && (bits & network.mask) === network.bits;
