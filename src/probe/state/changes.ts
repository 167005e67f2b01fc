/** Which of rtnetlink's messages mean that what was read of a namespace is out of date. Pure. */
import type { HeardPart } from "../../event/state_heard.ts";
import { attributesOf, int32, type Message } from "../netlink/message.ts";

/** Neighbours remembered per namespace; when there are more, it begins afresh. */
const NEIGHBOURS_MAX = 20_000;

const AF_BRIDGE = 7;
/** Bytes of `struct ndmsg` and `struct rtmsg`. */
const HEADER_BYTES = 12;
/** Attributes of a neighbour: its address, and its MAC. */
const ADDRESS = 1;
const MAC = 2;
/** States of a neighbour: it did not answer, and nobody is asked. */
const FAILED = 0x20;
const NOARP = 0x40;
/** A route that is a copy made for one destination. */
const CLONED = 0x200;

const NEW_NEIGHBOUR = 28;
const DELETED_NEIGHBOUR = 29;

/** RTM_NEW… and RTM_DEL… by what they are about; a next hop is a part of routes. */
const PARTS: Partial<Record<number, HeardPart>> = {
  ...{ 16: "link", 17: "link", 20: "address", 21: "address", 24: "route", 25: "route" },
  ...{ 32: "rule", 33: "rule", 80: "netconf", 81: "netconf", 104: "route", 105: "route" },
};
/** Queues, classes and filters of devices. */
const TRAFFIC_CONTROL = [36, 37, 40, 41, 44, 45];

/** The multicast groups with these, as bits: links, neighbours, addresses, routes, rules and more. */
export const ROUTE_GROUPS = [1, 3, 4, 5, 7, 8, 9, 11, 19, 24, 25, 32]
  .reduce((bits, group) => bits | 1 << group - 1, 0);
/** Rules, sets and chains of nft. */
export const NFTABLES_GROUPS = 1 << 7 - 1;

/** What a message means. */
export interface Meaning {
  /** What of the namespace is out of date; null: a change that no reading has a part for. */
  part: HeardPart | null;
  /**
   * It is worth reading again soon. A neighbour is confirmed again all the time; it counts when it
   * appears, changes its MAC, fails or goes.
   */
  isNews: boolean;
}

/** Says of each message what changed; null: nothing that is read. */
export function changeDetector(): (message: Message) => Meaning | null {
  const isNews = neighbourNews();
  return (message) => {
    const { type, body } = message;
    if (type === NEW_NEIGHBOUR || type === DELETED_NEIGHBOUR) {
      return body.length < HEADER_BYTES ? null : { part: "neighbour", isNews: isNews(message) };
    }
    if (TRAFFIC_CONTROL.includes(type)) return { part: null, isNews: true };
    const part = PARTS[type];
    if (part === undefined || (part === "route" && isCloned(body))) return null;
    return { part, isNews: true };
  };
}

const isCloned = (body: Uint8Array): boolean => ((int32(body.subarray(8)) ?? 0) & CLONED) !== 0;

function neighbourNews(): (message: Message) => boolean {
  const known = new Map<string, string>();
  return ({ type, body }) => {
    const state = body[8]! | body[9]! << 8;
    const attributes = attributesOf(body, HEADER_BYTES);
    const address = attributes.get(ADDRESS);
    // What a bridge learns has no address: that of a tunnel has, the tunnel's other end.
    if (address === undefined) return false;
    // Multicast addresses map to MACs without asking anyone.
    if (body[0] !== AF_BRIDGE && state === NOARP) return false;
    const mac = textOf(attributes.get(MAC));
    const bridged = body[0] === AF_BRIDGE ? mac : "";
    const key = `${int32(body.subarray(4))} ${textOf(address)} ${bridged}`;
    if (type === DELETED_NEIGHBOUR) {
      known.delete(key);
      return true;
    }
    const now = (state & FAILED) === 0 ? mac : "failed";
    if (known.get(key) === now) return false;
    if (known.size >= NEIGHBOURS_MAX) known.clear();
    known.set(key, now);
    return true;
  };
}

const textOf = (bytes: Uint8Array | undefined) => bytes === undefined ? "" : bytes.join(".");
