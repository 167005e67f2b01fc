/** Values of filter terms: addresses, networks, ports and protocol numbers. */
import { type AddressTerm, type FilterNode, join, type PortTerm, type Side, TCP } from "./ast.ts";
import {
  type Address,
  formatAddress,
  fullMask,
  parseAddress,
  parseOctets,
  prefixMask,
} from "./address.ts";
import type { Qualifier } from "./qualifier.ts";
import type { Reader, Token } from "./tokens.ts";
import { lookUp, PORT_NAMES, PORT_PROTOCOL_WORDS, PROTOCOL_NAMES } from "./words.ts";

/** Reads the one value next in line as these qualifiers say. */
export function readValue(reader: Reader, qualifier: Qualifier): FilterNode {
  const token = reader.take();
  switch (qualifier.type) {
    case "port":
    case "portrange":
      return readPorts(reader, token, qualifier);
    case "proto":
      return readProtocol(reader, token, qualifier);
    default:
      return readEnd(reader, token, qualifier) ?? readAddress(reader, token, qualifier);
  }
}

/**
 * `10.0.0.7:8080` or `[2001:db8::7]:8080`: an address and a port of the same end. Null for what has no
 * port behind it.
 */
function readEnd(reader: Reader, token: Token, qualifier: Qualifier): FilterNode | null {
  const [, ip4, ip6, port] = /^(?:(\d+\.\d+\.\d+\.\d+)|\[(.+)\]):(\w+)$/.exec(token.text) ?? [];
  const host = ip4 ?? ip6;
  if (host === undefined || port === undefined || qualifier.type === "net") return null;
  if (qualifier.protocol === "arp") reader.fail(token, "has a port", "an address, in ARP");
  const address = readAddress(reader, { ...token, text: host }, { ...qualifier, type: "host" });
  const numbers = readPorts(reader, { ...token, text: port }, {
    side: qualifier.side,
    type: "port",
  });
  const at = (side: Side): FilterNode => join("and", [{ ...address, side }, { ...numbers, side }]);
  return qualifier.side === "either"
    ? join("or", [at("source"), at("destination")])
    : at(qualifier.side);
}

function readAddress(reader: Reader, token: Token, qualifier: Qualifier): AddressTerm {
  const masked = /^(\/|mask)$/.test(reader.peek().text);
  if (qualifier.type === "host" && masked) {
    reader.fail(reader.peek(), "masks a host", "after net, or away");
  }
  const isNet = qualifier.type === "net" || masked;
  const { address, mask } = isNet ? readNet(reader, token) : {
    address: readHost(reader, token),
    mask: undefined,
  };
  const { version, bits } = address;
  const { protocol, side } = qualifier;
  if (protocol !== undefined && (version === 6) !== (protocol === "ip6")) {
    reader.fail(token, `is IPv${version}`, `IPv${version === 6 ? 4 : 6} after "${protocol}"`);
  }
  const network = protocol === "ip" ? "ip4" : protocol === "arp" ? "arp" : undefined;
  const term = { kind: "address", side, version, bits, mask: mask ?? fullMask(version) } as const;
  return network ? { ...term, network } : term;
}

function readHost(reader: Reader, token: Token): Address {
  const address = parseAddress(token.text);
  if (address) return address;
  if (/^\d+(\.\d+){0,2}$/.test(token.text)) {
    reader.fail(token, "is not a whole address", "four numbers, or after net");
  }
  return refuseAddress(reader, token);
}

function refuseAddress(reader: Reader, token: Token): never {
  if (/^[\d.]+$|:/.test(token.text)) {
    reader.fail(token, "is not an IP address", "like 192.0.2.1 or 2001:db8::1");
  }
  reader.fail(token, "is not an address", "an IP address: names are not looked up");
}

/** `10.0.0.0/8`, `10.0.0.0 mask 255.0.0.0`, `10.1` (its mask as long as what is written). */
function readNet(reader: Reader, token: Token): { address: Address; mask: bigint } {
  const octets = token.text.split(".");
  const address = parseAddress(token.text) ?? parseOctets(octets);
  if (!address) return refuseAddress(reader, token);
  const { version, bits } = address;
  let mask = version === 4 ? prefixMask(4, 8 * octets.length) : fullMask(6);
  if (reader.accept("/")) mask = prefixMask(version, readLength(reader, version));
  else if (reader.accept("mask")) mask = readMask(reader, version);
  if ((bits & ~mask) !== 0n) {
    const net = formatAddress({ version, bits: bits & mask });
    reader.fail(token, "has bits outside of its mask", `${net}, or a host`);
  }
  return { address, mask };
}

function readLength(reader: Reader, version: 4 | 6): number {
  const max = version === 4 ? 32 : 128;
  const token = reader.take();
  if (!/^\d{1,3}$/.test(token.text) || +token.text > max) {
    reader.fail(token, "is not a mask's length", `0 to ${max}`);
  }
  return +token.text;
}

function readMask(reader: Reader, version: 4 | 6): bigint {
  const token = reader.take();
  const mask = parseAddress(token.text);
  if (version === 6) reader.fail(token, "masks an IPv6 network", "a length, like /64");
  if (mask?.version !== 4) reader.fail(token, "is not a mask", "like 255.255.0.0");
  return mask.bits;
}

function readPorts(reader: Reader, token: Token, { type, protocol, side }: Qualifier): PortTerm {
  const ends = type === "portrange" ? token.text.split("-") : [token.text];
  const ports = ends.map((end) => lookUp(PORT_NAMES, end) ?? readNumber(end, 65_535));
  if (ports.length > 2 || ports.includes(null)) {
    const names = Object.keys(PORT_NAMES).join(", ");
    const should = type === "portrange" ? "two ports, like 6000-6008" : "0 to 65535";
    reader.fail(token, `is not a ${type}`, `${should}, or one of ${names}`);
  }
  // pcap turns a backward range around, so does this.
  const [low, high] = [...ports, ...ports].slice(0, 2).sort((a, b) => a! - b!) as [number, number];
  const term = { kind: "port", side, low, high } as const;
  return protocol ? { ...term, protocol: PORT_PROTOCOL_WORDS[protocol] ?? TCP } : term;
}

function readProtocol(reader: Reader, token: Token, { protocol: word }: Qualifier): FilterNode {
  // pcap wants names that are keywords written as \tcp.
  const text = token.text.replace(/^\\/, "");
  const protocol = lookUp(PROTOCOL_NAMES, text) ?? readNumber(text, 255);
  if (protocol === null) {
    const names = Object.keys(PROTOCOL_NAMES).join(", ");
    reader.fail(token, "is not a protocol", `0 to 255, or one of ${names}`);
  }
  if (word === undefined) return { kind: "protocol", protocol };
  return { kind: "protocol", protocol, network: word === "ip" ? "ip4" : "ip6" };
}

/** Decimal alone: pcap reads a leading zero as octal, which nobody means. */
function readNumber(text: string, max: number): number | null {
  return /^(0|[1-9]\d{0,4})$/.test(text) && +text <= max ? +text : null;
}
