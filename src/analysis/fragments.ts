/** Fragments are delivered together or not at all. Rule O14. */
import { fragmentKey } from "./flows.ts";
import type { Judgement } from "./judge.ts";

/**
 * [O14] A fragment that arrived is held until the others have: with one of them missing nobody was
 * reached, and what became of those that arrived is told by the one that did not.
 */
export function judgeFragments(judgements: readonly Judgement[]): void {
  const wholes = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const key = fragmentKey(judgement);
    if (key === null) continue;
    const list = wholes.get(key);
    if (list) list.push(judgement);
    else wholes.set(key, [judgement]);
  }
  for (const fragments of wholes.values()) {
    const arrived = fragments.filter(({ outcome }) => outcome === "delivered");
    if (arrived.length === 0 || isWhole(arrived)) continue;
    for (const fragment of arrived) {
      fragment.outcome = "unknown";
      fragment.gap = "it arrived, and was held for other fragments of its packet that did not";
    }
  }
}

/** From offset 0 without a hole up to the last one, which says that no more follow. */
function isWhole(arrived: readonly Judgement[]): boolean {
  const events = arrived.map(({ steps }) => steps[0]!.event)
    .sort((a, b) => a.fragmentOffset! - b.fragmentOffset!);
  let next = 0;
  for (const event of events) {
    if (event.fragmentOffset! > next) return false;
    next = Math.max(next, event.fragmentOffset! + carried(event));
  }
  return ((events.at(-1)!.ipFlags ?? 0) & 1) === 0;
}

/** Bytes of the packet's payload in one fragment: all behind the IP header. */
function carried(event: Judgement["steps"][number]["event"]): number {
  const header = event.network === "ip6" ? 48 : 20;
  return (event.ipLength ?? 0) - header;
}
