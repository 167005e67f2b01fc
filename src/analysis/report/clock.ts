/**
 * Offsets between the nodes' clocks, by causality alone: a packet was received on one node after it
 * was sent on another, and packets go both ways. Rule T1.
 */
import type { ReportNode } from "../../event/report.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { NodeView } from "../view/timeline.ts";

type Clock = NonNullable<ReportNode["clock"]>;

/** Offset of each node's CLOCK_MONOTONIC to that of the first node it exchanged packets with. */
export function clocksOf(
  judgements: readonly Judgement[],
  nodes: readonly NodeView[],
): Map<string, Clock> {
  const least = new Map<string, bigint>();
  for (const { steps } of judgements) {
    for (let i = 1; i < steps.length; i++) {
      const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.node === received.node) continue;
      const key = `${sent.node.name}\0${received.node.name}`;
      const delay = received.timeNs - sent.timeNs;
      const known = least.get(key);
      if (known === undefined || delay < known) least.set(key, delay);
    }
  }
  return solve(least, nodes.map((node) => node.name));
}

/**
 * Each node's offset in ns to the first node it is linked with: the middle between two bounds of
 * offset(b) - offset(a). The least delay seen from a to b is the upper bound; the
 * least delay seen from b to a, negated, is the lower bound.
 */
function solve(least: ReadonlyMap<string, bigint>, names: readonly string[]): Map<string, Clock> {
  const clocks = new Map<string, Clock>();
  for (const root of names) {
    if (clocks.has(root)) continue;
    const queue: { name: string; offset: bigint; bound: bigint }[] = [{
      name: root,
      offset: 0n,
      bound: 0n,
    }];
    const seen = new Set([root]);
    for (let at = queue.shift(); at; at = queue.shift()) {
      for (const name of names) {
        if (seen.has(name) || clocks.has(name)) continue;
        const there = least.get(`${at.name}\0${name}`);
        const back = least.get(`${name}\0${at.name}`);
        if (there === undefined || back === undefined) continue;
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
