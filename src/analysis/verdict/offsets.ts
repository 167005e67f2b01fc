/** Offsets between the nodes' clocks, as bounds that follow from packets that both nodes saw. */
import type { NodeView } from "../view/timeline.ts";
import type { Judgement } from "./judgement.ts";

/**
 * Bounds in ns of the number that turns an `at` of one node into an `at` of the other when added.
 */
export interface Bounds {
  leastNs: number;
  mostNs: number;
}

/** By the name of the one node, then of the other. */
type Table = Map<string, Map<string, Bounds>>;

/**
 * Bounds from every node to every one that it exchanged packets with, directly or by way of others. A
 * packet is taken to be on its way between two nodes for at most `travelNs`.
 */
export function boundsBetween(
  judgements: readonly Judgement[],
  nodes: readonly NodeView[],
  travelNs: number,
): Table {
  const direct: Table = new Map(nodes.map(({ name }) => [name, new Map()]));
  for (const { steps, packet } of judgements) {
    if (packet.ambiguous) continue;
    for (let i = 1; i < steps.length; i++) {
      const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.node === received.node) continue;
      const delay = received.at - sent.at;
      narrow(direct, sent.node, received.node, { leastNs: delay - travelNs, mostNs: delay });
      narrow(direct, received.node, sent.node, { leastNs: -delay, mostNs: travelNs - delay });
    }
  }
  return new Map(nodes.map(({ name }) => [name, spread(direct, name)]));
}

function narrow(table: Table, from: NodeView, to: NodeView, bounds: Bounds): void {
  const known = table.get(from.name)!.get(to.name);
  table.get(from.name)!.set(to.name, {
    leastNs: Math.max(known?.leastNs ?? -Infinity, bounds.leastNs),
    mostNs: Math.min(known?.mostNs ?? Infinity, bounds.mostNs),
  });
}

/** Bounds from one node to all others, each by way of as few nodes as possible. */
function spread(direct: Table, root: string): Map<string, Bounds> {
  const found = new Map<string, Bounds>([[root, { leastNs: 0, mostNs: 0 }]]);
  for (const [name, bounds] of found) {
    for (const [next, step] of direct.get(name)!) {
      if (found.has(next)) continue;
      found.set(next, {
        leastNs: bounds.leastNs + step.leastNs,
        mostNs: bounds.mostNs + step.mostNs,
      });
    }
  }
  return found;
}
