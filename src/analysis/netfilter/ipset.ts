/** Whether a packet is in a set of ipset, as `-m set --match-set` asks. */
import type { NetfilterSet, NetnsState } from "../../event/state.ts";
import { contains, parseAddress } from "../view/address.ts";
import { any, type Tri, tri } from "../view/tri.ts";
import { joined, type Key, KeyIndex, type Positions } from "../view/key_index.ts";
import { networkKey } from "../view/network.ts";
import type { Traveller } from "./traveller.ts";

const NUMBERS: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 };
/** What an element of a set is made of, of the kinds that are understood. */
const KINDS = ["ip", "net", "port"];

/** Sets of a snapshot by name, without those that packets change while they pass. */
const known = new WeakMap<NetnsState, Map<string, NetfilterSet>>();

function setsOf(state: NetnsState): Map<string, NetfilterSet> {
  const made = known.get(state) ??
    new Map(
      state.sets.filter(({ family }) => family === "ipset").map((set) => [set.name, set]),
    );
  if (!known.has(state)) {
    for (const { text } of state.netfilter) {
      for (const [, name] of text.matchAll(/--(?:add|del|map)-set (\S+)/g)) made.delete(name!);
    }
    known.set(state, made);
  }
  return made;
}

/**
 * `flags`: `src`, `dst`, or one for each part of the element. As `ip_set_test` (Linux 5.10 to 6.18): with
 * fewer flags than parts, or in another family, nothing is in the set.
 */
export function isInIpset(name: string, flags: string, at: Traveller): Tri {
  const set = setsOf(at.state).get(name);
  if (!set) return "unknown";
  const [type = "", family] = set.table.split(" ");
  const parts = type.split(":")[1]?.split(",") ?? [];
  if (!/^(hash|bitmap):/.test(type) || parts.some((part) => !KINDS.includes(part))) {
    return "unknown";
  }
  const ways = flags.split(",");
  if (ways.length < parts.length) return "no";
  const six = at.headers.network === "ip6";
  if (!type.startsWith("bitmap:port") && (family === "inet6") !== six) return "no";
  const asked = parts.map((part, i) => ({ part, way: ways[i]! }));
  return membership(set, asked, at);
}

function membership(set: NetfilterSet, asked: readonly Asked[], at: Traveller): Tri {
  const { elements, excepted } = metElements(set, asked, at);
  const found = excepted
    ? mostSpecific(elements, asked, at)
    : any(elements.map((each) => holds(each, asked, at)));
  return found === "no" && (set.truncated || set.elided) ? "unknown" : found;
}

/** A set by the address or port that its elements begin with. */
interface SetIndex {
  elements: string[];
  excepted: boolean;
  keyed: KeyIndex;
  always: Positions;
}

const indexes = new WeakMap<NetfilterSet, SetIndex>();

/** Without elements that surely have another beginning. */
function metElements(set: NetfilterSet, [first]: readonly Asked[], at: Traveller) {
  let index = indexes.get(set);
  if (!index) indexes.set(set, index = indexOf(set, first?.part === "port"));
  const { elements, excepted } = index;
  const begin = first && beginningOf(at, first);
  if (begin === undefined) return { elements, excepted };
  const met = joined([index.always, index.keyed.find(begin)]);
  return { elements: met.map((position) => elements[position]!), excepted };
}

function indexOf(set: NetfilterSet, isPort: boolean): SetIndex {
  const elements = set.elements.filter((each) => typeof each === "string");
  const excepted = elements.some((each) => each.endsWith(" nomatch"));
  const index: SetIndex = { elements, excepted, keyed: new KeyIndex(), always: [] };
  for (const [position, element] of elements.entries()) {
    const begin = element.split(" ")[0]!.split(",")[0]!;
    const key = isPort ? portKeyOf(begin) : networkKey(begin);
    if (key === null) index.always.push(position);
    else index.keyed.add(position, [key]);
  }
  return index;
}

function portKeyOf(text: string): Key | null {
  const [, protocol, port] = /^(?:([a-z0-9]+):)?(\d+)$/.exec(text) ?? [];
  if (port === undefined || (protocol !== undefined && NUMBERS[protocol] === undefined)) {
    return null;
  }
  return { port: Number(port) };
}

/** The packet's address or port that the first part of an element is compared with. */
function beginningOf({ headers }: Traveller, { part, way }: Asked): string | number | undefined {
  const isSource = way === "src";
  if (part !== "port") return isSource ? headers.source : headers.destination;
  if (headers.protocol === undefined) return undefined;
  return isSource ? headers.sourcePort : headers.destinationPort;
}

interface Asked {
  part: string;
  way: string;
}

/** Of the networks that contain an address the smallest decides. */
function mostSpecific(elements: readonly string[], asked: readonly Asked[], at: Traveller): Tri {
  if (asked.length > 1) return "unknown";
  let best: { length: number; found: Tri } = { length: -1, found: "no" };
  for (const each of elements) {
    const [network = "", word] = each.split(" ");
    const is = holds(network, asked, at);
    if (is === "unknown") return "unknown";
    const length = Number(network.split("/")[1] ?? 128);
    if (is === "yes" && length > best.length) best = { length, found: tri(word !== "nomatch") };
  }
  return best.found;
}

/** Parts of an element are in the order of the type: `10.0.0.1,tcp:80`. */
function holds(element: string, asked: readonly Asked[], at: Traveller): Tri {
  const parts = element.split(",");
  const found = asked.map(({ part, way }, i) => {
    const { headers } = at;
    const isSource = way === "src";
    if (part === "port") {
      return portIs(parts[i] ?? "", isSource ? headers.sourcePort : headers.destinationPort, at);
    }
    const address = isSource ? headers.source : headers.destination;
    return addressIs(parts[i] ?? "", address);
  });
  return found.includes("no") ? "no" : found.includes("unknown") ? "unknown" : "yes";
}

function addressIs(network: string, address: string | undefined): Tri {
  if (address === undefined) return "unknown";
  if (!network.includes("/") && network === address) return "yes";
  return parseAddress(network.split("/")[0]!) ? tri(contains(network, address)) : "unknown";
}

/** `tcp:80`, `80` of a bitmap, `icmp:8/0`. */
function portIs(text: string, port: number | undefined, { headers }: Traveller): Tri {
  const [protocol, number] = text.includes(":") ? text.split(":") as [string, string] : ["", text];
  if (!/^\d+$/.test(number)) return "unknown";
  if (protocol !== "") {
    const wanted = NUMBERS[protocol];
    if (wanted === undefined || headers.protocol === undefined) return "unknown";
    if (headers.protocol !== wanted) return "no";
  }
  return port === undefined ? "unknown" : tri(port === Number(number));
}
