/**
 * Offsets between the nodes' clocks, by causality alone: a packet was received on one node after it
 * was sent on another, and packets go both ways. Rule T1.
 */
import type { ReportNode } from "../../event/report.ts";
import { delayKey } from "../verdict/delays.ts";
import type { NodeView } from "../view/timeline.ts";

type Clock = NonNullable<ReportNode["clock"]>;

/**
 * Offset of each node's CLOCK_MONOTONIC to that of the first node it is linked with by packets both ways:
 * the middle between two bounds of offset(b) - offset(a). The least delay seen from a to b is the upper
 * bound; the least delay seen from b to a, negated, is the lower bound. `least`: those delays, by both
 * readings (`delayKey`).
 */
export function clocksOf(
  least: ReadonlyMap<string, bigint>,
  nodes: readonly NodeView[],
): Map<string, Clock> {
  const clocks = new Map<string, Clock>();
  const names = nodes.map((node) => node.name);
  const linked = linkedIn(least);
  for (const root of names) {
    if (clocks.has(root)) continue;
    const queue: { name: string; offset: bigint; bound: bigint }[] = [{
      name: root,
      offset: 0n,
      bound: 0n,
    }];
    const seen = new Set([root]);
    for (let at = queue.shift(); at; at = queue.shift()) {
      for (const { name, there, back } of linked.get(at.name) ?? []) {
        if (seen.has(name)) continue;
        const offset = at.offset + (there - back) / 2n;
        const bound = at.bound + (there + back) / 2n;
        seen.add(name);
        clocks.set(name, { offsetNs: String(offset), boundNs: String(bound < 0n ? 0n : bound) });
        queue.push({ name, offset, bound });
      }
    }
    if (seen.size > 1) clocks.set(root, { offsetNs: "0", boundNs: "0" });
  }
  return clocks;
}

/** By node, those that it exchanged packets with both ways, in the order of names. */
function linkedIn(least: ReadonlyMap<string, bigint>) {
  const links = [...least].flatMap(([key, there]) => {
    const [from, name] = key.split("\0") as [string, string];
    const back = least.get(delayKey(name, from));
    return back === undefined ? [] : [{ from, name, there, back }];
  }).sort((a, b) => a.name < b.name ? -1 : 1);
  return Map.groupBy(links, ({ from }) => from);
}
