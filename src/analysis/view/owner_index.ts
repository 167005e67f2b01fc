/** Probed devices by address and MAC: a node of a thousand namespaces is asked about each packet's ends. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { NodeView } from "./timeline.ts";

/** A probed device, with the place that it is in. */
export interface Owner {
  node: NodeView;
  /** Inode. */
  netns: number;
  /** The first snapshot that has the device. */
  state: NetnsState;
  link: Link;
}

type Held = Omit<Owner, "node">;

/** Devices of one node: of each key those of all namespaces, each once, in the order of readings. */
class Holders {
  readonly #held = new Map<string, { list: Held[]; seen: Set<string> }>();

  add(key: string, held: Held): void {
    const own = this.#held.get(key) ?? { list: [], seen: new Set() };
    this.#held.set(key, own);
    const device = `${held.netns} ${held.link.ifindex}`;
    if (own.seen.has(device)) return;
    own.seen.add(device);
    own.list.push(held);
  }

  of(node: NodeView, key: string): Owner[] {
    return (this.#held.get(key)?.list ?? []).map((held) => ({ node, ...held }));
  }
}

interface OwnerIndex {
  byAddress: Holders;
  byMac: Holders;
}

/** By the snapshots of a node, which must not change after they were asked about. */
const indexes = new WeakMap<NodeView["states"], OwnerIndex>();

function indexOf({ states }: NodeView): OwnerIndex {
  let index = indexes.get(states);
  if (index) return index;
  index = { byAddress: new Holders(), byMac: new Holders() };
  for (const [netns, list] of states) {
    for (const { state } of list) {
      for (const link of state.links) {
        const held = { netns, state, link };
        for (const { address } of link.addresses) index.byAddress.add(address, held);
        if (link.mac !== undefined && link.kind !== "loopback") index.byMac.add(link.mac, held);
      }
    }
  }
  indexes.set(states, index);
  return index;
}

/** Every probed device that has an address in any snapshot. */
export const ownersOf = (nodes: readonly NodeView[], address: string): Owner[] =>
  nodes.flatMap((node) => indexOf(node).byAddress.of(node, address));

/** Every probed device that has a MAC in any snapshot. */
export const holdersOfMac = (nodes: readonly NodeView[], mac: string): Owner[] =>
  nodes.flatMap((node) => indexOf(node).byMac.of(node, mac));
