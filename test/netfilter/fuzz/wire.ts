/** Packets as bytes: TCP, UDP and ICMP over IPv4 and IPv6, with checksums that are right. */
import { parseAddress } from "../../../src/analysis/view/address.ts";

/** One packet, with what rules look at. */
export interface Wire {
  six: boolean;
  protocol: "udp" | "tcp" | "icmp";
  from: string;
  to: string;
  /** Ports, or ICMP's id twice. */
  fromPort: number;
  toPort: number;
  /** TCP's flags, FIN the lowest bit. */
  flags?: number;
  sequence?: number;
  acknowledges?: number;
  /** ICMP's or ICMPv6's. */
  type?: number;
  code?: number;
  /** Bytes of the packet that an ICMP error tells about. */
  quote?: Uint8Array;
}

/** IP's number of the protocol. */
export const numberOf = ({ six, protocol }: Pick<Wire, "six" | "protocol">): number =>
  ({ udp: 17, tcp: 6, icmp: six ? 58 : 1 })[protocol];

/** No packet but those of the tests has it: the kernel's own begin with 64 or 255. */
export const HOPS = 77;

function bytesOf(address: string): number[] {
  const { value, bits } = parseAddress(address)!;
  return Array.from(
    { length: bits / 8 },
    (_, i) => Number((value >> BigInt(bits - 8 - 8 * i)) & 0xffn),
  );
}

const short = (value: number) => [(value >> 8) & 0xff, value & 0xff];
const long = (value: number) => [...short(value >>> 16), ...short(value & 0xffff)];

function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** Where a transport header has its checksum, in bytes. */
const CHECKSUM_AT = { udp: 6, tcp: 16, icmp: 2 };

/** The packet, `length` bytes from the IP header on. */
export function encode(wire: Wire, length: number): Uint8Array<ArrayBuffer> {
  const { six, protocol, from, to } = wire;
  const size = length - (six ? 40 : 20);
  const head = transportHeader(wire, size);
  const quote = [...wire.quote ?? []];
  if (head.length + quote.length > size) throw new Error(`${length} bytes are too few`);
  const rest = Array.from({ length: size - head.length - quote.length }, () => 0x2e);
  const body = [...head, ...quote, ...rest];
  const pseudo = protocol === "icmp" && !six
    ? []
    : [...bytesOf(from), ...bytesOf(to), ...long(size), ...long(numberOf(wire))];
  const sum = checksum([...pseudo, ...body]);
  body.splice(CHECKSUM_AT[protocol], 2, ...short(sum === 0 ? 0xffff : sum));
  return Uint8Array.from([...ipHeader(wire, length), ...body]);
}

function ipHeader(wire: Wire, length: number): number[] {
  const { from, to } = wire;
  const number = numberOf(wire);
  const ends = [...bytesOf(from), ...bytesOf(to)];
  if (wire.six) return [0x60, 0, 0, 0, ...short(length - 40), number, HOPS, ...ends];
  const header = [
    0x45,
    0,
    ...short(length),
    ...short(length),
    0x40,
    0,
    HOPS,
    number,
    0,
    0,
    ...ends,
  ];
  header.splice(10, 2, ...short(checksum(header)));
  return header;
}

function transportHeader(wire: Wire, size: number): number[] {
  const ports = [...short(wire.fromPort), ...short(wire.toPort)];
  switch (wire.protocol) {
    case "udp":
      return [...ports, ...short(size), 0, 0];
    case "tcp": {
      const [sequence, acknowledges] = [wire.sequence ?? 0, wire.acknowledges ?? 0];
      const flags = [0x50, wire.flags ?? 0, 0xff, 0xff, 0, 0, 0, 0];
      return [...ports, ...long(sequence), ...long(acknowledges), ...flags];
    }
    case "icmp":
      return wire.quote
        ? [wire.type!, wire.code ?? 0, 0, 0, 0, 0, 0, 0]
        : [wire.type!, wire.code ?? 0, 0, 0, ...short(wire.fromPort), 0, 1];
  }
}

/** A packet that came somewhere: its length, and its ends after any translation. */
export interface Heard {
  length: number;
  from: string;
  to: string;
  fromPort: number;
  toPort: number;
  bytes: Uint8Array;
}

/** What came, from the IP header on; null for what no test sent. */
export function decode(bytes: Uint8Array): Heard | null {
  const at = (i: number) => ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  const six = (bytes[0] ?? 0) >> 4 === 6;
  if (
    six ? (bytes[7] ?? 0) > HOPS || bytes[7]! < HOPS - 2 : bytes[8]! > HOPS || bytes[8]! < HOPS - 2
  ) {
    return null;
  }
  const isIcmp = (six ? bytes[6] : bytes[9]) === (six ? 58 : 1);
  const start = six ? 40 : 20;
  const [first, second] = isIcmp ? [at(start + 4), at(start + 4)] : [at(start), at(start + 2)];
  return {
    length: six ? at(4) + 40 : at(2),
    from: textOf(bytes.subarray(six ? 8 : 12, six ? 24 : 16)),
    to: textOf(bytes.subarray(six ? 24 : 16, six ? 40 : 20)),
    fromPort: first,
    toPort: second,
    bytes,
  };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  return new URL(`http://[${groups.map((each) => each.toString(16)).join(":")}]`).hostname
    .slice(1, -1);
}
