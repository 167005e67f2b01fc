/** Probed devices by address and MAC: a node of a thousand namespaces is asked about each packet's ends. */
import type { Link, NetnsState } from "../../event/state.ts";
import { ask, noted } from "./asked.ts";
import { ReadingIndex } from "./reading_index.ts";
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

/** Devices of one node, each key's by namespace, each once, in the order of readings. */
class OwnerIndex extends ReadingIndex {
  #owners = new Map<string, Map<number, Owner[]>>();

  of(key: string): Owner[] {
    this.look();
    const { states } = this.node;
    const byNetns = [...this.#owners.get(key) ?? []];
    // In the order of the namespaces of the node.
    const first = (netns: number) => states.get(netns)![0]!.at;
    return byNetns.sort(([a], [b]) => first(a) - first(b) || a - b).flatMap(([, owners]) => owners);
  }

  protected override clear(): void {
    this.#owners.clear();
  }

  protected override add(netns: number, state: NetnsState): void {
    for (const link of state.links) {
      const keys = new Set(link.addresses.map(({ address }) => `address ${address}`));
      if (link.mac !== undefined && link.kind !== "loopback") keys.add(`mac ${link.mac}`);
      for (const key of keys) {
        const byNetns = this.#owners.get(key) ?? new Map<number, Owner[]>();
        this.#owners.set(key, byNetns);
        const own = byNetns.get(netns) ?? [];
        byNetns.set(netns, own);
        if (own.some((other) => other.link.ifindex === link.ifindex)) continue;
        own.push({ node: this.node, netns, state, link });
      }
    }
  }
}

const indexes = new WeakMap<NodeView, OwnerIndex>();

function ownersOn(node: NodeView, key: string): Owner[] {
  let index = indexes.get(node);
  if (!index) indexes.set(node, index = new OwnerIndex(node));
  return noted(null, () => index.of(key));
}

function owners(nodes: readonly NodeView[], key: string): readonly Owner[] {
  const [first] = nodes;
  if (!first) return [];
  // The list of all nodes stays the same when one joins, and is another question than its first node.
  const names = nodes === first.shared.all ? "" : nodes.map(({ name }) => name).join("\0");
  const find = () => nodes.flatMap((node) => ownersOn(node, key));
  return ask(first.shared.states, `${key} of ${names}`, find, isSame);
}

const isSame = (a: readonly Owner[], b: readonly Owner[]): boolean =>
  a.length === b.length &&
  a.every(({ link, state, node }, i) =>
    link === b[i]!.link && state === b[i]!.state && node === b[i]!.node
  );

/** Every probed device that has an address in any snapshot. */
export const ownersOf = (nodes: readonly NodeView[], address: string): readonly Owner[] =>
  owners(nodes, `address ${address}`);

/** Every probed device that has a MAC in any snapshot. */
export const holdersOfMac = (nodes: readonly NodeView[], mac: string): readonly Owner[] =>
  owners(nodes, `mac ${mac}`);
