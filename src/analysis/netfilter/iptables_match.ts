/** What a condition of iptables says of a packet. */
import { contains, parseAddress } from "../view/address.ts";
import { constant } from "./constants.ts";
import { addressType } from "./fib.ts";
import type { HookDevice } from "./hook_packet.ts";
import { isInIpset } from "./ipset.ts";
import type { Condition } from "./iptables_words.ts";
import type { Traveller } from "./traveller.ts";
import { any, not, type Tri, tri } from "../view/tri.ts";

type Matcher = (values: string[], at: Traveller, condition: Condition) => Tri;

/**
 * Whether the condition holds for the packet; "unknown" for options that are not understood here.
 */
export function conditionHolds(condition: Condition, at: Traveller): Tri {
  const matcher = MATCHERS[condition.option];
  if (!matcher) return "unknown";
  const holds = matcher(condition.values, at, condition);
  // A packet without such a header does not match, negated or not.
  if (NEEDS_TRANSPORT.test(condition.option) && lacksTransport(condition, at)) return "no";
  return condition.negated ? not(holds) : holds;
}

const NEEDS_TRANSPORT = /^(sport|dport|sports|dports|ports|tcp-flags|syn|icmp-type|icmpv6-type)$/;

function lacksTransport({ module }: Condition, { headers }: Traveller): boolean {
  if (headers.laterFragment) return true;
  const wanted: Record<string, number> = { tcp: 6, udp: 17, icmp: 1, icmp6: 58, sctp: 132 };
  const own = wanted[module];
  return own !== undefined && headers.protocol !== undefined && headers.protocol !== own;
}

function oneNumber(value: number | undefined, ranges: string[]): Tri {
  if (value === undefined) return "unknown";
  return any(ranges.map((range) => inRange(value, range)));
}

/** `80`, `80:90`, `80-90`, `:90`, `80:`. */
function inRange(value: number, range: string): Tri {
  const [from, to] = range.split(/[:-]/);
  const low = from === "" ? 0 : Number(from);
  const high = to === undefined ? low : to === "" ? 65_535 : Number(to);
  if (!Number.isInteger(low) || !Number.isInteger(high)) return "unknown";
  return tri(value >= low && value <= high);
}

const list = (values: string[]) => (values[0] ?? "").split(",");

function device(name: HookDevice, pattern: string | undefined): Tri {
  if (name === undefined || pattern === undefined) return "unknown";
  // No device compares as an empty name; `+` alone is any.
  if (pattern.endsWith("+")) return tri((name ?? "").startsWith(pattern.slice(0, -1)));
  return tri(name === pattern);
}

function inNetwork(address: string | undefined, network: string | undefined): Tri {
  if (address === undefined || network === undefined) return "unknown";
  // Long lists of services are of single addresses, printed as the kernel prints them.
  if (network.endsWith("/32") && !network.includes(":")) {
    return tri(
      network.length - 3 === address.length &&
        network.startsWith(address),
    );
  }
  const mask = network.split("/")[1];
  if (mask !== undefined && !/^\d+$/.test(mask)) return underMask(address, network);
  return parseAddress(network.split("/")[0]!) ? tri(contains(network, address)) : "unknown";
}

/** `10.0.0.0/255.0.0.255`: a mask that is no prefix. */
function underMask(address: string, network: string): Tri {
  const [net, mask] = network.split("/").map((part) => parseAddress(part)?.value);
  const own = parseAddress(address)?.value;
  if (net === undefined || mask === undefined || own === undefined) return "unknown";
  return tri((own & mask) === (net & mask));
}

function protocolIs(name: string | undefined, { headers }: Traveller): Tri {
  if (name === "all" || name === "0") return "yes";
  const wanted = constant("protocol", name);
  if (wanted === null || headers.protocol === undefined) return "unknown";
  return tri(headers.protocol === wanted);
}

function icmpIs(name: string, { headers }: Traveller, six: boolean): Tri {
  if (name === "any" || name === "255") return "yes";
  const [type, code] = name.split("/");
  const wanted = constant(six ? "icmp6-type" : "icmp-type", type);
  if (wanted === null || headers.icmpType === undefined) return "unknown";
  if (headers.icmpType !== wanted) return "no";
  if (code === undefined) return "yes";
  return headers.icmpCode === undefined ? "unknown" : tri(headers.icmpCode === Number(code));
}

function tcpFlags([mask, wanted]: string[], { headers }: Traveller): Tri {
  const bits = (names: string | undefined) => {
    if (names === undefined) return null;
    if (names === "NONE") return 0;
    if (names === "ALL") return 0x3f;
    return names.split(",").reduce<number | null>((sum, name) => {
      const bit = constant("tcp-flags", name);
      return sum === null || bit === null ? null : sum | bit;
    }, 0);
  };
  const all = bits(mask);
  const set = bits(wanted);
  if (all === null || set === null || headers.tcpFlags === undefined) return "unknown";
  return tri((headers.tcpFlags & all) === set);
}

const NAT_BITS: Record<string, number> = { snat: 16, dnat: 32 };

/** A state, or what NAT did: any of them. */
function ctState(states: string[], at: Traveller): Tri {
  return any(states.map((name) => {
    const bit = NAT_BITS[name.toLowerCase()];
    if (bit === undefined) {
      return at.ctState === null ? "unknown" : tri(name.toLowerCase() === at.ctState);
    }
    return at.ctStatus === undefined ? "unknown" : tri((at.ctStatus & bit) !== 0);
  }));
}

function mark(text: string | undefined, at: Traveller): Tri {
  const [value, mask = 0xffffffff] = (text ?? "").split("/").map(Number);
  if (value === undefined || Number.isNaN(value) || Number.isNaN(mask)) return "unknown";
  if (((at.mark.value ^ value) & at.mark.known & mask) !== 0) return "no";
  return (mask & ~at.mark.known) === 0 ? "yes" : "unknown";
}

/** The second value says by which device: `limit-iface-in`, `limit-iface-out`. */
function typeIn(address: string | undefined, [types, limit]: string[], at: Traveller): Tri {
  const device = limit === undefined ? undefined : limit === "in" ? at.input : at.output;
  const type = addressType(at.state, address, limit === undefined ? undefined : { name: device });
  if (type === undefined) return "unknown";
  return any(
    list([types ?? ""]).map((name) => {
      const wanted = constant("fib-type", name);
      return wanted === null ? "unknown" : tri(type === wanted);
    }),
  );
}

function between(address: string | undefined, range: string | undefined): Tri {
  const [low, high] = (range ?? "").split("-").map((end) => parseAddress(end));
  const own = address === undefined ? null : parseAddress(address);
  if (!own || !low || !high) return "unknown";
  return tri(own.bits === low.bits && own.value >= low.value && own.value <= high.value);
}

function packetType(name: string | undefined, { headers }: Traveller): Tri {
  const type = headers.packetType;
  if (type !== "host" && type !== "broadcast" && type !== "multicast") return "unknown";
  return tri(name === (type === "host" ? "unicast" : type));
}

const MATCHERS: Record<string, Matcher> = {
  comment: () => "yes",
  s: ([net], at) => inNetwork(at.headers.source, net),
  d: ([net], at) => inNetwork(at.headers.destination, net),
  p: ([name], at) => protocolIs(name, at),
  i: ([name], at) => device(at.input, name),
  o: ([name], at) => device(at.output, name),
  f: (_, at) => tri(at.headers.laterFragment),
  sport: (values, at) => oneNumber(at.headers.sourcePort, values),
  dport: (values, at) => oneNumber(at.headers.destinationPort, values),
  sports: (values, at) => oneNumber(at.headers.sourcePort, list(values)),
  dports: (values, at) => oneNumber(at.headers.destinationPort, list(values)),
  ports: (values, at) =>
    any([
      oneNumber(at.headers.sourcePort, list(values)),
      oneNumber(at.headers.destinationPort, list(values)),
    ]),
  "icmp-type": ([name], at) => icmpIs(name ?? "", at, false),
  "icmpv6-type": ([name], at) => icmpIs(name ?? "", at, true),
  "tcp-flags": (values, at) => tcpFlags(values, at),
  syn: (_, at) => tcpFlags(["FIN,SYN,RST,ACK", "SYN"], at),
  ctstate: (values, at) => ctState(list(values), at),
  state: (values, at) => ctState(list(values), at),
  ctdir: ([name], at) =>
    at.ctDirection === undefined ? "unknown" : tri(at.ctDirection === name?.toLowerCase()),
  mark: ([text], at, { module }) => module === "mark" ? mark(text, at) : "unknown",
  "src-type": (values, at) => typeIn(at.headers.source, values, at),
  "dst-type": (values, at) => typeIn(at.headers.destination, values, at),
  // Counted with the types.
  "limit-iface-in": () => "yes",
  "limit-iface-out": () => "yes",
  "physdev-in": ([name], at) => device(at.portInput, name),
  "physdev-out": ([name], at) => device(at.portOutput, name),
  "physdev-is-in": (_, at) => present(at.portInput),
  "physdev-is-out": (_, at) => present(at.portOutput),
  "physdev-is-bridged": (_, at) => present(at.portOutput),
  "mac-source": ([mac], at) =>
    at.headers.sourceMac === undefined
      ? "unknown"
      : tri(at.headers.sourceMac.toLowerCase() === mac?.toLowerCase()),
  "match-set": ([name, flags], at) => isInIpset(name ?? "", flags ?? "", at),
  "src-range": ([range], at) => between(at.headers.source, range),
  "dst-range": ([range], at) => between(at.headers.destination, range),
  "pkt-type": ([name], at) => packetType(name, at),
  "ttl-eq": ([value], at) => oneNumber(at.headers.ttl, [value ?? ""]),
  "ttl-lt": ([value], at) => below(at.headers.ttl, value),
  "ttl-gt": ([value], at) => above(at.headers.ttl, value),
  "hl-eq": ([value], at) => oneNumber(at.headers.ttl, [value ?? ""]),
  "hl-lt": ([value], at) => below(at.headers.ttl, value),
  "hl-gt": ([value], at) => above(at.headers.ttl, value),
  length: ([range], at) => oneNumber(at.headers.ipLength, [range ?? ""]),
};

const below = (value: number | undefined, limit: string | undefined): Tri =>
  value === undefined ? "unknown" : tri(value < Number(limit));
const above = (value: number | undefined, limit: string | undefined): Tri =>
  value === undefined ? "unknown" : tri(value > Number(limit));

function present(name: HookDevice): Tri {
  return name === undefined ? "unknown" : tri(name !== null);
}
