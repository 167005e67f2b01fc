/** Questions to node state, answered from the snapshot that fits the moment (an `at` of the node). */
import type { Link, Neighbour, NetnsState } from "../../event/state.ts";
import { isLoopback } from "./address.ts";
import {
  hasAddress,
  isLocal,
  isSpread,
  linkNamed,
  linkNumbered,
  neighboursAt,
} from "./table_index.ts";
import { ask } from "./asked.ts";
import { askNetns, readingAfter } from "./netns_asked.ts";
import { firstAfter } from "./indexed.ts";
import type { NodeView } from "./timeline.ts";

export { holdersOfMac, type Owner, ownersOf } from "./owner_index.ts";

/**
 * The snapshot for a moment: the last one read before it, else the first one after. A drop is
 * followed by a snapshot within a fraction of a second, so both neighbours are close.
 */
export const stateAt = (
  node: NodeView,
  netns: number | undefined,
  at: number,
): NetnsState | null =>
  netns === undefined ? null : askNetns(node, netns, at, () => {
    const list = node.states.get(netns);
    return list ? list[Math.max(0, firstAfter(list, at) - 1)]!.state : null;
  });

/** The first snapshot read at or after a moment, else the last one: what counters tell after it. */
export const stateAfter = (
  node: NodeView,
  netns: number | undefined,
  at: number,
): NetnsState | null => netns === undefined ? null : readingAfter(node, netns, at)?.state ?? null;

/** The last snapshot of a namespace. */
export const lastState = (node: NodeView, netns: number | undefined): NetnsState | null =>
  netns === undefined ? null : ask(
    node.statesSource,
    `last ${netns}`,
    () => node.states.get(netns)?.at(-1)?.state ?? null,
  );

/**
 * Parts of a node's state, by the names that a probe gives to what it could not read
 * (`src/probe/state`): `state` is all of it, `iptables-legacy` is followed by the family.
 */
export type StatePart =
  | "state"
  | "links"
  | "routes"
  | "rules"
  | "neighbours"
  | "fdb"
  | "sysctls"
  | "qdiscs"
  | "filters"
  | "sockets"
  | "netfilter"
  | "chains"
  | "sets"
  | "iptables-legacy"
  | "openvswitch";

/** One of these parts could not be read whole: what it lacks proves nothing. */
export function isIncomplete(state: NetnsState, parts: readonly StatePart[]): boolean {
  return gapsOf(state, parts).length > 0;
}

/** What could not be read of these parts, and why. */
export function gapsOf({ gaps }: NetnsState, parts: readonly StatePart[]): NetnsState["gaps"] {
  return gaps.filter(({ what }) =>
    parts.some((part) => what === part || what.startsWith(`${part} `))
  );
}

/** A device by its number, else by its name; undefined when the state has neither. */
export function linkOf(
  state: NetnsState | null,
  ifindex: number | undefined,
  name?: string,
): Link | undefined {
  if (!state) return undefined;
  const numbered = ifindex === undefined ? undefined : linkNumbered(state, ifindex);
  return numbered ?? (name === undefined ? undefined : linkNamed(state, name));
}

/** The value of a setting as text, as `net.ipv4.ip_forward`; undefined when it was not read. */
export function sysctl(state: NetnsState | null, name: string): string | undefined {
  return state?.sysctls[name];
}

/** True when the address is one of the netns' own, by device or by a `local` route. */
export function ownsAddress(state: NetnsState | null, address: string): boolean {
  if (isLoopback(address)) return true;
  if (!state) return false;
  return hasAddress(state, address) || isLocal(state, address);
}

/** A packet to this address is for the namespace: it has the address, or it is a broadcast's. */
export function acceptsAddress(state: NetnsState | null, address: string): boolean {
  if (ownsAddress(state, address)) return true;
  if (address === "255.255.255.255") return true;
  return state !== null && isSpread(state, address);
}

/** The neighbour entry for an address on a device, by the latest snapshot that has one. */
export function neighbourOf(
  node: NodeView,
  netns: number | undefined,
  address: string,
  device?: string,
): Neighbour | undefined {
  return ask(node.statesSource, `neighbour ${netns} ${address} ${device ?? ""}`, () => {
    const list = netns === undefined ? undefined : node.states.get(netns);
    for (const { state } of list?.toReversed() ?? []) {
      const entry = neighboursAt(state, address).find((neighbour) =>
        !neighbour.proxy && (device === undefined || neighbour.device === device)
      );
      if (entry) return entry;
    }
    return undefined;
  });
}
