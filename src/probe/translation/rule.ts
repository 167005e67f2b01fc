/** What a NAT rule says, whoever wrote it: what it asks of a packet, and what it does then. */
import type { Subnet } from "../../event/filter/address.ts";

/**
 * What a rule asks of a packet; a field that is absent asks nothing. Conditions of other kinds are
 * left out, so a `Where` may hold for packets that the rule does not take.
 */
export interface Where {
  destinations?: readonly string[];
  /** Numbers of IP protocols. */
  protocols?: readonly number[];
  /** The destination is an address of the namespace itself. */
  isLocal?: boolean;
  /** Destination ports. */
  ports?: readonly number[];
  /** A name, or its beginning and `*` (nft) or `+` (iptables). */
  outputDevice?: string;
  /** Of each of these lists one network has the source. */
  sources?: readonly (readonly Subnet[])[];
  /** None of these has the source. */
  notSources?: readonly Subnet[];
  /** The source is an address of the namespace itself. */
  isLocalSource?: boolean;
  /** Of each of these lists one network has the destination, where `destinations` can't say so. */
  to?: readonly (readonly Subnet[])[];
  /** None of these has the destination. */
  notTo?: readonly Subnet[];
  /** What the packet's mark must be; each must hold. */
  marks?: readonly MarkTest[];
  /** Packets that left the chain before; of these all is known that their rules ask. */
  unless?: readonly Where[];
}

/** What a rule asks of a packet's mark. */
export interface MarkTest {
  /** The bits that are looked at. */
  mask: number;
  /** The bits of the mark that are set, of those. */
  value: number;
  /** False: they are anything else. */
  is: boolean;
}

/** What a rule does with a packet that it takes. */
export type Action =
  | { do: "jump"; chain: string }
  /** DNAT; without an address it is a redirect to this host. */
  | { do: "destination"; address?: string; port?: number }
  /** SNAT; without an address it is a masquerade. */
  | { do: "source"; address?: string }
  /** Sets some of these bits of the packet's mark. */
  | { do: "mark"; bits: number }
  /** Later rules of the chain do not see it. Only where `where` is all that the rule asks. */
  | { do: "leave" };

/** One thing a rule may do, and the conditions under which it does. */
export interface Case {
  where: Where;
  action: Action;
}

/** All bits of a mark. */
export const ALL_BITS = 0xffff_ffff;

/** Both conditions together: those of a chain that was jumped to, within those of the jump. */
export function narrowed(outer: Where, inner: Where): Where {
  return {
    destinations: both(outer.destinations, inner.destinations),
    isLocal: inner.isLocal ?? outer.isLocal,
    protocols: both(outer.protocols, inner.protocols),
    ports: both(outer.ports, inner.ports),
    outputDevice: inner.outputDevice ?? outer.outputDevice,
    sources: joined(outer.sources, inner.sources),
    notSources: joined(outer.notSources, inner.notSources),
    isLocalSource: inner.isLocalSource ?? outer.isLocalSource,
    to: joined(outer.to, inner.to),
    notTo: joined(outer.notTo, inner.notTo),
    marks: joined(outer.marks, inner.marks),
    unless: joined(outer.unless, inner.unless),
  };
}

function joined<T>(outer: readonly T[] | undefined, inner: readonly T[] | undefined) {
  return outer === undefined || inner === undefined ? inner ?? outer : [...outer, ...inner];
}

function both<T>(outer: readonly T[] | undefined, inner: readonly T[] | undefined) {
  if (outer === undefined || inner === undefined) return inner ?? outer;
  const common = inner.filter((one) => outer.includes(one));
  // Nothing in common: a rule in between rewrote the packet, so the later condition counts alone.
  return common.length > 0 ? common : inner;
}

const PROTOCOLS: Record<string, number> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  "ipv6-icmp": 58,
  icmpv6: 58,
  sctp: 132,
};

/** Number of an IP protocol, from its number or a name that rules use; undefined when unknown. */
export function protocolNumber(text: string | number): number | undefined {
  const number = PROTOCOLS[text] ?? Number(text);
  return Number.isInteger(number) && number > 0 && number < 256 ? number : undefined;
}

/** A port from 1 to 65,535, from a number or its decimal text; undefined for anything else. */
export function portNumber(value: unknown): number | undefined {
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof port === "number" && port > 0 && port < 65_536 ? port : undefined;
}
