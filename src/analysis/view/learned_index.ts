/** Which link addresses watched nodes learned for an address, from answers or packets of who has it. */
import type { NetnsState } from "../../event/state.ts";
import { ask, noted } from "./asked.ts";
import { ReadingIndex } from "./reading_index.ts";
import type { NodeView } from "./timeline.ts";

/** States of a neighbour entry that something came for: one that was written by hand has none of them. */
const LEARNED = new Set(["REACHABLE", "STALE", "DELAY", "PROBE"]);

class LearnedIndex extends ReadingIndex {
  #macs = new Map<string, Set<string>>();

  of(address: string): string[] {
    this.look();
    return [...this.#macs.get(address) ?? []].sort();
  }

  protected override clear(): void {
    this.#macs.clear();
  }

  protected override add(_netns: number, { neighbours }: NetnsState): void {
    for (const { address, mac, proxy, states } of neighbours) {
      if (mac === undefined || proxy || !states.some((state) => LEARNED.has(state))) continue;
      const known = this.#macs.get(address);
      if (known) known.add(mac);
      else this.#macs.set(address, new Set([mac]));
    }
  }
}

const indexes = new WeakMap<NodeView, LearnedIndex>();

/** What a node learned. */
export interface Learned {
  /** Its name. */
  node: string;
  mac: string;
}

/** The link addresses that nodes learned for an address in any reading, in the order of nodes. */
export function learnedOf(nodes: readonly NodeView[], address: string): readonly Learned[] {
  const [first] = nodes;
  if (!first) return [];
  const find = () => nodes.flatMap((node) => learnedBy(node, address));
  const isSame = (a: readonly Learned[], b: readonly Learned[]) =>
    JSON.stringify(a) === JSON.stringify(b);
  return ask(first.shared.states, `learned ${address}`, find, isSame);
}

function learnedBy(node: NodeView, address: string): Learned[] {
  let index = indexes.get(node);
  if (!index) indexes.set(node, index = new LearnedIndex(node));
  return noted(null, () => index.of(address)).map((mac) => ({ node: node.name, mac }));
}
