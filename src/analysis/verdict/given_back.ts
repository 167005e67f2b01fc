/**
 * [C11] What an ifb device gives back: `tc` shapes so what comes in. The packet comes to the device
 * that had received it a second time, as if it had just come. It may have waited in the ifb's queue for
 * so long that its two parts look like two packets (C2, C10), of which the first is lost.
 *
 * What else comes to one point twice in the same memory is another packet that the memory was used
 * for. An ifb has no other end from which another packet could come between the two sightings.
 */
import { firstFrom } from "../view/indexed.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { FlowGroup } from "./flows.ts";
import { inherit, type Judgement } from "./judgement.ts";

/** An ifb gives back what it sends as soon as its tasklet runs, ns. */
const GIVEN_BACK_NS = 20e6;

/** Joins the two parts of each packet, where an ifb gave it back. */
export function joinGivenBack(group: FlowGroup): void {
  // The last first: what goes through two of them is put together from its end.
  const sent = group.packets.filter(wentIntoIfb).sort((a, b) => lastAt(b) - lastAt(a));
  if (sent.length === 0) return;
  const later = new Map<string, { at: number; rest: Judgement }[]>();
  for (const rest of group.packets) {
    const { event } = rest.steps[0]!;
    if (event.kind !== "device-rx") continue;
    const list = later.get(placeOf(event));
    if (list) list.push({ at: event.at, rest });
    else later.set(placeOf(event), [{ at: event.at, rest }]);
  }
  for (const list of later.values()) list.sort((a, b) => a.at - b.at);
  const joined = new Set<Judgement>();
  for (const judgement of sent) {
    const [received, into] = judgement.steps.slice(-2).map(({ event }) => event);
    const list = later.get(placeOf(received!)) ?? [];
    const next = list[firstFrom(list, into!.at)];
    if (!next || next.at - into!.at >= GIVEN_BACK_NS || joined.has(next.rest)) continue;
    joined.add(next.rest);
    inherit(judgement, next.rest, "C11");
  }
  if (joined.size > 0) group.packets = group.packets.filter((packet) => !joined.has(packet));
}

const lastAt = ({ steps }: Judgement) => steps.at(-1)!.event.at;

/** A device had received it, and it ends where an ifb sent it. */
function wentIntoIfb({ end, steps }: Judgement): boolean {
  const [received, sent] = steps.slice(-2).map(({ event }) => event);
  if (end.kind !== "left" || sent?.kind !== "device-tx" || received!.kind !== "device-rx") {
    return false;
  }
  if (received!.node !== sent.node || received!.netns !== sent.netns) return false;
  return linkOf(stateAt(sent.node, sent.netns, sent.at), sent.ifindex)?.kind === "ifb";
}

/** A key: the device, and the memory that the packet has there. */
const placeOf = ({ node, netns, ifindex, skb }: Sighting) =>
  `${node.name} ${netns} ${ifindex} ${skb}`;
