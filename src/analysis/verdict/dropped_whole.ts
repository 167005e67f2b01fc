/** Packets that a node put together of fragments, and dropped then. Rule O37. */
import { type FlowGroup, fragmentKey, fragmentsOf } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * [O37] What a packet died of, put together, is what its fragments died of, which had come to that node.
 * Where it has nothing in common with the first of them but the IP id, as of UDP, it was taken for a
 * packet of its own, and is none.
 */
export function dropTogether(group: FlowGroup): void {
  const wholes = group.packets.filter(wasDroppedWhole);
  if (wholes.length === 0) return;
  const fragments = fragmentsByKey(group.packets);
  if (fragments.size === 0) return;
  const parts = new Set<Judgement>();
  for (const whole of wholes) {
    const { event } = whole.end.step;
    const { protocol, source, destination, ipId } = event;
    const own = (fragments.get(`${protocol} ${source} ${destination} ${ipId}`) ?? [])
      .filter((fragment) => fragment !== whole && cameBefore(fragment, event));
    const isFirstOf = fragmentsOf(whole).length > 0;
    if (!isFirstOf && !own.some(isFirst)) continue;
    for (const fragment of own) dropWith(whole, fragment);
    if (!isFirstOf) parts.add(whole);
  }
  if (parts.size > 0) group.packets = group.packets.filter((packet) => !parts.has(packet));
}

/** It was dropped when it was no fragment, and no device was seen to have it so. */
const wasDroppedWhole = ({ outcome, end: { step } }: Judgement): boolean =>
  outcome === "dropped" && step.event.kind === "drop" && step.event.fragmentOffset === undefined &&
  step.event.ipId !== undefined &&
  (step.previous === null || step.previous.event.fragmentOffset !== undefined);

function fragmentsByKey(packets: readonly Judgement[]): Map<string, Judgement[]> {
  const fragments = new Map<string, Judgement[]>();
  for (const judgement of packets) {
    const key = fragmentKey(judgement);
    if (key === null) continue;
    const list = fragments.get(key);
    if (list) list.push(judgement);
    else fragments.set(key, [judgement]);
  }
  return fragments;
}

const isFirst = (judgement: Judgement) => fragmentsOf(judgement)[0]!.fragmentOffset === 0;

/** It had come to the node that dropped the packet, and nothing else became of it there. */
const cameBefore = ({ outcome, steps, end }: Judgement, death: Sighting): boolean =>
  (outcome === "delivered" || outcome === "unknown") && end.step.event.node === death.node &&
  steps.some(({ event: { node, at } }) => node === death.node && at <= death.at);

/** The first fragment went the way of the packet to its end; of the others it is not a form of theirs. */
function dropWith({ end }: Judgement, fragment: Judgement): void {
  const before = fragment.steps.filter(({ event }) =>
    event.node !== end.step.event.node || event.at <= end.step.event.at
  );
  fragment.steps = isFirst(fragment) ? [...before, end.step] : before;
  fragment.end = end;
  revise(fragment, "O37", { outcome: "dropped" });
}
