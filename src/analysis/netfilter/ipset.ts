/** Whether a packet is in a set of ipset, as `-m set --match-set` asks. */
import type { NetfilterSet, NetnsState } from "../../event/state.ts";
import { contains, parseAddress } from "../view/address.ts";
import { any, type Tri, tri } from "../view/tri.ts";
import { joined, type Key, KeyIndex, type Positions } from "../view/key_index.ts";
import { networkKey } from "../view/network.ts";
import type { HookDevice } from "./hook_packet.ts";
import type { Traveller } from "./traveller.ts";

const NUMBERS: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 };
/** What an element of a set is made of, of the kinds that are understood. */
const KINDS = ["ip", "net", "port", "mac", "iface", "mark"];
const LIST = "list:set";

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
 * fewer flags than parts, or in another family, nothing is in the set. A list of sets is asked set by
 * set with the same flags (`list_set_ktest`), and holds no other list.
 */
export function isInIpset(name: string, flags: string, at: Traveller): Tri {
  const set = setsOf(at.state).get(name);
  if (!set) return "unknown";
  if (!set.table.startsWith(LIST)) return isInSet(set, flags, at);
  const found = any(set.elements.map((each) => {
    const member = typeof each === "string" ? setsOf(at.state).get(each) : undefined;
    return member === undefined || member.table.startsWith(LIST)
      ? "unknown"
      : isInSet(member, flags, at);
  }));
  return found === "no" && (set.truncated || set.elided) ? "unknown" : found;
}

function isInSet(set: NetfilterSet, flags: string, at: Traveller): Tri {
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
function metElements(set: NetfilterSet, asked: readonly Asked[], at: Traveller) {
  const first = asked[0]!;
  let index = indexes.get(set);
  if (!index) indexes.set(set, index = indexOf(set, first));
  const { elements, excepted } = index;
  const begin = beginningOf(at, first);
  if (begin === undefined) return { elements, excepted };
  const met = joined([index.always, index.keyed.find(begin)]);
  return { elements: met.map((position) => elements[position]!), excepted };
}

function indexOf(set: NetfilterSet, { part }: Asked): SetIndex {
  const elements = set.elements.filter((each) => typeof each === "string");
  const excepted = elements.some((each) => each.endsWith(" nomatch"));
  const index: SetIndex = { elements, excepted, keyed: new KeyIndex(), always: [] };
  for (const [position, element] of elements.entries()) {
    const begin = element.split(" ")[0]!.split(",")[0]!;
    const key = part === "port" ? portKeyOf(begin) : part === "mac" ? null : networkKey(begin);
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
  if (part === "mac") return undefined;
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
  const [body = "", ...options] = element.split(" ");
  const parts = body.split(",");
  const found = asked.map((each, i) => partIs(parts[i] ?? "", each, options, at));
  return found.includes("no") ? "no" : found.includes("unknown") ? "unknown" : "yes";
}

function partIs(
  text: string,
  { part, way }: Asked,
  options: readonly string[],
  at: Traveller,
): Tri {
  const { headers, input, output, mark } = at;
  const isSource = way === "src";
  switch (part) {
    case "port":
      return portIs(text, isSource ? headers.sourcePort : headers.destinationPort, at);
    case "mac":
      return macIs(text, isSource ? headers.sourceMac : headers.destinationMac);
    case "iface":
      return deviceIs(text, isSource ? input : output, options.includes("wildcard"));
    case "mark":
      return (mark.known >>> 0) === 0xffffffff ? tri(mark.value >>> 0 === Number(text)) : "unknown";
    default:
      return addressIs(text, isSource ? headers.source : headers.destination);
  }
}

function macIs(text: string, mac: string | undefined): Tri {
  return mac === undefined ? "unknown" : tri(mac.toLowerCase() === text.toLowerCase());
}

/** At a hook without such a device nothing is in the set. An element by a bridge's port is not judged. */
function deviceIs(text: string, device: HookDevice, isBeginning: boolean): Tri {
  if (text.startsWith("physdev:") || device === undefined) return "unknown";
  if (device === null) return "no";
  return tri(isBeginning ? device.startsWith(text) : device === text);
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
