/** Whether a packet is in a set of ipset, as `-m set --match-set` asks. */
import type { NetfilterSet, NetnsState } from "../../event/state.ts";
import { contains, parseAddress } from "../view/address.ts";
import { any, type Tri, tri } from "../view/tri.ts";
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
  const { source, destination, sourcePort, destinationPort, protocol } = at.headers;
  const key = [flags, source, destination, sourcePort, destinationPort, protocol].join(" ");
  const before = answers.get(set) ?? new Map<string, Tri>();
  answers.set(set, before);
  const answer = before.get(key) ?? membership(set, asked, at);
  if (before.size < ANSWERS_MAX) before.set(key, answer);
  return answer;
}

/** Many packets of one flow ask many rules: a set of thousands is gone through once for each flow. */
const answers = new WeakMap<NetfilterSet, Map<string, Tri>>();
const ANSWERS_MAX = 10_000;

function membership(set: NetfilterSet, asked: readonly Asked[], at: Traveller): Tri {
  const elements = set.elements.filter((each) => typeof each === "string");
  const excepted = elements.some((each) => each.endsWith(" nomatch"));
  const found = excepted
    ? mostSpecific(elements, asked, at)
    : any(elements.map((each) => holds(each, asked, at)));
  return found === "no" && (set.truncated || set.elided) ? "unknown" : found;
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
