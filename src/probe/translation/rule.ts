/** What a NAT rule says, whoever wrote it: what it asks of a packet, and what it does then. */

/** Absent: any. What a rule asks besides is left out, so a `Where` may hold for too much. */
export interface Where {
  destinations?: readonly string[];
  protocols?: readonly number[];
  /** Destination ports. */
  ports?: readonly number[];
  outputDevice?: string;
}

export type Action =
  | { do: "jump"; chain: string }
  /** DNAT; without an address it is a redirect to this host. */
  | { do: "destination"; address?: string; port?: number }
  /** SNAT; without an address it is a masquerade. */
  | { do: "source"; address?: string };

/** One thing a rule may do, with all it takes. */
export interface Case {
  where: Where;
  action: Action;
}

export function narrowed(outer: Where, inner: Where): Where {
  return {
    destinations: both(outer.destinations, inner.destinations),
    protocols: both(outer.protocols, inner.protocols),
    ports: both(outer.ports, inner.ports),
    outputDevice: inner.outputDevice ?? outer.outputDevice,
  };
}

function both<T>(outer: readonly T[] | undefined, inner: readonly T[] | undefined) {
  if (outer === undefined || inner === undefined) return inner ?? outer;
  const common = inner.filter((one) => outer.includes(one));
  // Nothing in common: the two were about different moments of the packet.
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

export function protocolNumber(text: string | number): number | undefined {
  const number = PROTOCOLS[text] ?? Number(text);
  return Number.isInteger(number) && number > 0 && number < 256 ? number : undefined;
}

export function portNumber(value: unknown): number | undefined {
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof port === "number" && port > 0 && port < 65_536 ? port : undefined;
}
