/** The left side of nft's matches: what an expression reads from a packet. */
import { constant, type Domain } from "./constants.ts";
import { addressType, hasWayBack } from "./fib.ts";
import { CT_STATES } from "./hook_packet.ts";
import { isJson, type Json } from "./json.ts";
import type { Traveller } from "./traveller.ts";

/** A mask: all 32 bits of a value are known. */
export const ALL_BITS = 0xffffffff;

/** What an expression read. */
export type Value =
  /** Only the bits of `known` are. */
  | { kind: "number"; domain: Domain; value: number; known: number }
  | { kind: "text"; domain: Domain; value: string }
  | { kind: "tuple"; parts: Value[] }
  /** The packet has no such thing: the rule breaks off. */
  | { kind: "absent" }
  | { kind: "unknown" };

/** It can't be told what the expression reads. */
export const UNKNOWN: Value = { kind: "unknown" };
const ABSENT: Value = { kind: "absent" };

function number(value: number | undefined, domain: Domain = "number"): Value {
  return value === undefined
    ? UNKNOWN
    : { kind: "number", domain, value: value >>> 0, known: ALL_BITS };
}

function text(value: string | undefined, domain: Domain): Value {
  return value === undefined ? UNKNOWN : { kind: "text", domain, value };
}

/** What the left side of a match, as nft's JSON has it, reads from the packet. */
export function readValue(left: unknown, at: Traveller): Value {
  if (!isJson(left)) return UNKNOWN;
  if (isJson(left.payload)) return payload(left.payload, at);
  if (isJson(left.meta)) return meta(String(left.meta.key), at);
  if (isJson(left.ct)) return connection(left.ct, at);
  if (isJson(left.fib)) return fib(left.fib, at);
  if (Array.isArray(left.concat)) {
    const parts = left.concat.map((part) => readValue(part, at));
    // Any part that can't be loaded ends the rule.
    if (parts.some((part) => part.kind === "absent")) return ABSENT;
    return { kind: "tuple", parts };
  }
  return masked(left, at);
}

/** `ip frag-off & 0x1fff`, `meta mark or 0x10`: with a number on the right. */
function masked(left: Json, at: Traveller): Value {
  const [op, operands] = Object.entries(left)[0] ?? [];
  if (!Array.isArray(operands) || operands.length !== 2) return UNKNOWN;
  const inner = readValue(operands[0], at);
  if (inner.kind !== "number") return inner.kind === "absent" ? ABSENT : UNKNOWN;
  const mask = flags(inner.domain, operands[1]);
  if (mask === null) return UNKNOWN;
  const { value, known } = inner;
  switch (op) {
    case "&":
      return { ...inner, value: (value & mask) >>> 0, known: (known | ~mask) >>> 0 };
    case "|":
      return { ...inner, value: (value | mask) >>> 0, known: (known | mask) >>> 0 };
    case "^":
      return { ...inner, value: (value ^ mask) >>> 0 };
    default:
      return UNKNOWN;
  }
}

/** A number, or the union of flags: `["syn", "ack"]`, `{"|": ["syn", "ack"]}`. */
export function flags(domain: Domain, right: unknown): number | null {
  const list = isJson(right) && Array.isArray(right["|"])
    ? right["|"]
    : Array.isArray(right)
    ? right
    : [right];
  let sum = 0;
  for (const name of list) {
    const bits = isJson(name) ? flags(domain, name) : constant(domain, name);
    if (bits === null) return null;
    sum |= bits;
  }
  return sum >>> 0;
}

const TRANSPORTS: Record<string, number> = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  sctp: 132,
  dccp: 33,
  esp: 50,
  ah: 51,
  comp: 108,
};

function payload({ protocol, field, tunnel }: Json, at: Traveller): Value {
  if (typeof protocol !== "string" || tunnel !== undefined) return UNKNOWN;
  const { headers } = at;
  const name = String(field);
  if (protocol === "ip") return headers.network === "ip4" ? ip(name, at) : ABSENT;
  if (protocol === "ip6") return headers.network === "ip6" ? ip(name, at) : ABSENT;
  if (protocol === "ether" || protocol === "vlan") return ether(protocol, name, at);
  if (protocol === "arp") return headers.network === "arp" ? arp(name, at) : ABSENT;
  if (headers.network === "arp" || headers.laterFragment) return ABSENT;
  if (protocol === "th") return transport(name, at);
  if (headers.protocol === undefined) return UNKNOWN;
  if (protocol === "icmp" || protocol === "icmpv6") return icmp(protocol, name, at);
  const own = TRANSPORTS[protocol];
  if (own === undefined) return UNKNOWN;
  return headers.protocol === own ? transport(name, at) : ABSENT;
}

function ip(field: string, { headers }: Traveller): Value {
  switch (field) {
    case "saddr":
      return text(headers.source, "address");
    case "daddr":
      return text(headers.destination, "address");
    case "protocol":
      return number(headers.protocol, "protocol");
    case "nexthdr":
      return headers.fragment ? UNKNOWN : number(headers.protocol, "protocol");
    case "ttl":
    case "hoplimit":
      return number(headers.ttl);
    case "length":
      return headers.network === "ip4" ? number(headers.ipLength) : UNKNOWN;
    case "id":
      return number(headers.ipId);
    case "version":
      return number(headers.network === "ip4" ? 4 : 6);
    case "frag-off":
      return headers.network === "ip4" ? fragmentWord(headers) : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/**
 * Flags and offset (in units of 8 bytes) in one word. Of a piece its flags are not in the headers kept
 * here, and of no packet is the don't-fragment bit.
 */
function fragmentWord({ fragment, fragmentOffset }: Traveller["headers"]): Value {
  if (!fragment) return { kind: "number", domain: "number", value: 0, known: 0x3fff };
  if (fragmentOffset === undefined) return UNKNOWN;
  return { kind: "number", domain: "number", value: fragmentOffset >>> 3, known: 0x1fff };
}

function transport(field: string, { headers }: Traveller): Value {
  switch (field) {
    case "sport":
      return number(headers.sourcePort);
    case "dport":
      return number(headers.destinationPort);
    case "flags":
      return number(headers.tcpFlags, "tcp-flags");
    default:
      return UNKNOWN;
  }
}

function icmp(protocol: string, field: string, { headers }: Traveller): Value {
  const six = protocol === "icmpv6";
  if (headers.protocol !== (six ? 58 : 1) || headers.network !== (six ? "ip6" : "ip4")) {
    return ABSENT;
  }
  switch (field) {
    case "type":
      return number(headers.icmpType, six ? "icmp6-type" : "icmp-type");
    case "code":
      return number(headers.icmpCode, six ? "number" : "icmp-code");
    case "id":
      return number(headers.icmpId);
    case "sequence":
      return number(headers.icmpSequence);
    default:
      return UNKNOWN;
  }
}

const ETHER_TYPES = { ip4: 0x0800, ip6: 0x86dd, arp: 0x0806 } as const;

function ether(protocol: string, field: string, at: Traveller): Value {
  const { headers } = at;
  // Above the link layer a packet that was made here has no frame yet.
  if (at.layer === "ip" && /^(output|postrouting)$/.test(at.hook)) return UNKNOWN;
  if (protocol === "vlan") {
    if (headers.vlan === undefined) return ABSENT;
    return field === "id" ? number(headers.vlan) : UNKNOWN;
  }
  switch (field) {
    case "saddr":
      return text(headers.sourceMac, "mac");
    case "daddr":
      return text(headers.destinationMac, "mac");
    case "type":
      return headers.vlan === undefined
        ? number(ETHER_TYPES[headers.network], "ether-type")
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function arp(field: string, { headers }: Traveller): Value {
  switch (field) {
    case "operation":
      return number(headers.arpOperation, "arp-operation");
    case "saddr ip":
      return text(headers.source, "address");
    case "daddr ip":
      return text(headers.destination, "address");
    default:
      return UNKNOWN;
  }
}

const PACKET_TYPES: Partial<Record<string, number>> = {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherhost: 3,
};

function meta(key: string, at: Traveller): Value {
  const { headers } = at;
  switch (key) {
    case "l4proto":
      return number(headers.network === "arp" ? undefined : headers.protocol, "protocol");
    case "protocol":
      return number(ETHER_TYPES[headers.network], "ether-type");
    case "nfproto":
      return at.layer === "ip" ? number(headers.network === "ip4" ? 2 : 10, "nfproto") : UNKNOWN;
    case "iif":
    case "iifname":
      return device(at.input);
    case "oif":
    case "oifname":
      return device(at.output);
    case "ibrname":
    case "obrname":
      return bridgeOf(key === "ibrname" ? at.input : at.output, at);
    case "mark":
      return { kind: "number", domain: "number", ...at.mark };
    case "length":
      return number(headers.length);
    case "pkttype":
      return number(PACKET_TYPES[headers.packetType ?? ""], "packet-type");
    default:
      return UNKNOWN;
  }
}

/** No device at all reads as an empty name. */
function device(name: string | null | undefined): Value {
  return text(name === null ? "" : name, "device");
}

function bridgeOf(port: string | null | undefined, { state }: Traveller): Value {
  const link = state.links.find((other) => other.name === port);
  const bridge = state.links.find((other) => other.ifindex === link?.masterIfindex);
  return text(bridge?.name, "device");
}

function connection({ key, dir }: Json, at: Traveller): Value {
  if (dir !== undefined) return UNKNOWN;
  switch (key) {
    case "state":
      return number(at.ctState === null ? undefined : CT_STATES[at.ctState], "ct-state");
    case "status":
      return number(at.ctStatus, "ct-status");
    case "direction":
      return at.ctDirection === undefined
        ? UNKNOWN
        : number(at.ctDirection === "reply" ? 1 : 0, "ct-direction");
    default:
      return UNKNOWN;
  }
}

function fib({ result, flags: words }: Json, at: Traveller): Value {
  const asked = Array.isArray(words) ? words.map(String).sort().join(" ") : "";
  const { source, destination } = at.headers;
  const kind = /^(daddr|saddr)(?: (iif|oif))?$/.exec(asked.replace(/^(iif|oif) (.*)$/, "$2 $1"));
  if (result === "type" && kind) {
    const address = kind[1] === "daddr" ? destination : source;
    const device = kind[2] === undefined
      ? undefined
      : { name: kind[2] === "iif" ? at.input : at.output };
    return number(addressType(at.state, address, device), "fib-type");
  }
  if (result === "oif" && /^iif (mark )?saddr$/.test(asked)) {
    const found = hasWayBack(at, asked.includes("mark"));
    return found === "unknown" ? UNKNOWN : number(found === "yes" ? 1 : 0, "boolean");
  }
  return UNKNOWN;
}
