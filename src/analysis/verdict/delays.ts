/** How long packets took between nodes, by the readings of their two clocks. */
import type { Judgement } from "./judgement.ts";

/** The key of two nodes, by their names. */
export const delayKey = (from: string, to: string): string => `${from}\0${to}`;

/** The least difference of the readings of sending and receiving, ns, by `delayKey`. */
export function delaysOf(judgements: readonly Pick<Judgement, "steps">[]): Map<string, bigint> {
  const least = new Map<string, bigint>();
  for (const { steps } of judgements) {
    for (let i = 1; i < steps.length; i++) {
      const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.node === received.node) continue;
      const key = delayKey(sent.node.name, received.node.name);
      const delay = received.timeNs - sent.timeNs;
      const known = least.get(key);
      if (known === undefined || delay < known) least.set(key, delay);
    }
  }
  return least;
}
