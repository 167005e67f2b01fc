/**
 * Room `count`, after `verdict`: what the kernel counted of flows, and what that proves. Rules O23, O24.
 *
 * The places that packets of one flow pass, in their order, by those that were told one by one.
 */
import { isDeviceKind } from "../../event/kinds.ts";
import { formKey, formOf } from "../correlate/identity.ts";
import { isOneClock } from "../view/coverage.ts";
import { netnsLabel } from "../view/netns_names.ts";
import type { NetnsState } from "../../event/state.ts";
import { isIncomplete, linkOf, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";

/** A device that packets of the flow pass, and the form they have there. */
export interface Place {
  node: NodeView;
  /** Inode of its namespace, and the number of the device. */
  netns: number;
  ifindex: number;
  stage: "device-rx" | "device-tx";
  /** As `formKey` spells it. */
  form: string;
  /** One packet of the flow there. */
  seen: Sighting;
}

/** The place of a sighting as the report has it. */
export const countedAt = ({ node, netns, ifindex, device, kind, at }: Sighting) => ({
  node: node.name,
  netns: netnsLabel(node, netns, at),
  device: device ?? "",
  ifindex: ifindex ?? 0,
  stage: kind as Place["stage"],
});

/** Equal for sightings at one device in one direction. */
export const placeKey = (
  node: NodeView,
  netns: number | undefined,
  ifindex: number | undefined,
  stage: string,
): string => `${netns} ${ifindex} ${stage} ${node.name}`;

/** [O24] The one way that all packets of the flow take, or why there is none. */
export function wayOf({ packets }: FlowGroup): Place[] | string {
  let longest: readonly Place[] = [];
  const ways = new Map<string, readonly Place[]>();
  for (const judgement of packets) {
    const why = whyNotCounted(judgement);
    if (why !== null) return why;
    const way = passedBy(judgement);
    const key = textOf(way);
    if (ways.has(key)) continue;
    ways.set(key, way);
    if (way.length > longest.length) longest = way;
  }
  const all = longest.map(spelled);
  const last = longest.at(-1);
  // Some are for another end: what does not come further there is not lost.
  const isElsewhere = packets.some((judgement) => {
    const end = endPlaceOf(judgement);
    return end !== undefined && last !== undefined && keyOf(end) !== keyOf(last);
  });
  if (isElsewhere) return "its packets end at more than one place";
  // Of some packets only a part was told: what they passed must be a part of the same way.
  const others = new Set(
    [...ways].filter(([, way]) => !isPartOf(way.map(spelled), all)).map(([key]) => key),
  );
  if (others.size === 0) return [...longest];
  const odd = packets.filter((judgement) => others.has(textOf(passedBy(judgement))));
  if (areMisjoined(odd, all, packets.length)) return [...longest];
  return packets.some(({ packet }) => packet.ambiguous)
    ? "its packets look alike, and could not all be told apart"
    : "its packets take more than one way";
}

/** Whether places of a packet come in the same order on the way. */
function isPartOf(places: readonly string[], way: readonly string[]): boolean {
  let from = 0;
  return places.every((place) => (from = way.indexOf(place, from) + 1) > 0);
}

/** So many may be joined wrongly without a way of their own being behind it. */
const MISJOINED_PART = 1 / 20;
/** Numbers come round in no less than this, ns, and no packet comes to a place again so late. */
export const AGAIN_NS = 0.1e9;

/**
 * A packet may be joined to the beginning of a later one that looks like it (C6), or that has its number
 * after they came round: so that it passed places of the way in another order. A second way would have
 * places of its own, or be taken by more.
 */
function areMisjoined(odd: readonly Judgement[], way: readonly string[], all: number): boolean {
  return odd.length <= all * MISJOINED_PART &&
    odd.every((judgement) => {
      const places = passedBy(judgement);
      return places.every((place) => way.includes(spelled(place))) &&
        (judgement.packet.ambiguous || isLaterAgain(places, way));
    });
}

/** Where it passed a place that is no further on the way, that was much later. */
function isLaterAgain(places: readonly Place[], way: readonly string[]): boolean {
  return places.every((place, i) => {
    const before = places[i - 1];
    if (before === undefined || way.indexOf(spelled(place)) > way.indexOf(spelled(before))) {
      return true;
    }
    const ahead = Number(place.node.baseNs - before.node.baseNs);
    return isOneClock(place.node, before.node) &&
      place.seen.at + ahead - before.seen.at >= AGAIN_NS;
  });
}

/** The key of a place. */
export const keyOf = ({ node, netns, ifindex, stage }: Place): string =>
  placeKey(node, netns, ifindex, stage);

const spelled = (place: Place) => `${keyOf(place)} ${place.form}`;

const textOf = (way: readonly Place[]) => way.map(spelled).join("\n");

/** Equal for packets that tell the same of their flow's way. */
export const wayText = (judgement: Judgement): string =>
  whyNotCounted(judgement) ??
    `${endPlaceOf(judgement) === undefined ? "" : "ends "}${textOf(passedBy(judgement))}`;

/** Where a packet came in last that was seen to arrive at its destination. */
export function endPlaceOf(judgement: Judgement): Place | undefined {
  const { kind, atDestination, step: { event } } = judgement.end;
  if (!atDestination || (kind !== "delivered" && kind !== "taken")) return undefined;
  const last = passedBy(judgement).at(-1);
  // It may have come in where it was not told.
  if (last?.node !== event.node || last.netns !== event.netns) return undefined;
  // What a program reads behind a device goes on from there.
  return last.stage === "device-rx" ? last : undefined;
}

function whyNotCounted({ packet }: Judgement): string | null {
  for (const { events, node } of packet.chains) {
    const passed = new Set<string>();
    for (const { kind, netns, ifindex, fragmentOffset, packetType, protocol } of events) {
      const key = placeKey(node, netns, ifindex, kind);
      if (isDeviceKind(kind) && passed.has(key)) return "a packet passed one place twice";
      passed.add(key);
      if (fragmentOffset !== undefined) return "some of its packets were cut in fragments";
      if (protocol === undefined) return "it has no protocol";
      if (packetType === "broadcast" || packetType === "multicast") {
        return "its packets go to many at once";
      }
    }
  }
  return null;
}

function passedBy({ steps }: Judgement): Place[] {
  const places: Place[] = [];
  for (const { event } of steps) {
    const { node, kind, netns, ifindex } = event;
    if (!isDeviceKind(kind) || netns === undefined || ifindex === undefined) continue;
    const stage = kind as Place["stage"];
    places.push({ node, netns, ifindex, stage, form: formKey(formOf(event)), seen: event });
  }
  return places;
}

/**
 * Whether each count there is one packet, from one moment to another, both `at`s of its node. A driver
 * that is busy gives a packet back to the queue, and is handed it once more: so what was handed to a
 * device is known only where it has no queue, or where its queue took none back in that time.
 */
export function countsOnce({ stage, node, netns, ifindex, seen }: Place, from: number, to: number) {
  if (stage === "device-rx") return true;
  const [before, after] = [stateAt(node, netns, from), stateAfter(node, netns, to)];
  if (before === null || after === null || isIncomplete(after, ["state", "qdiscs"])) return false;
  const device = linkOf(before, ifindex, seen.device)?.name;
  const queues = after.qdiscs.filter((queue) => queue.device === device);
  if (device === undefined || queues.length === 0) return false;
  if (queues.every(({ kind }) => kind === "noqueue")) return true;
  const at = ({ timeNs }: NetnsState) => Number(BigInt(timeNs) - node.baseNs);
  if (at(before) > from || at(after) < to) return false;
  return queues.every(({ handle, parent, requeues }) =>
    requeues !== undefined &&
    before.qdiscs.some((queue) =>
      queue.device === device && queue.handle === handle && queue.parent === parent &&
      queue.requeues === requeues
    )
  );
}
