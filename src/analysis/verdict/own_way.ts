/** Which copy of a packet speaks for it, and the way of that copy: what does not depend on coverage. */
import { leavesOf } from "../correlate/links.ts";
import type { Packet } from "../correlate/packets.ts";
import { lengthTo, type Step, stepsTo } from "../correlate/steps.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { policyFor } from "../view/ipsec.ts";
import { stateAt } from "../view/state_view.ts";
import { arrivalOf } from "./arrivals.ts";
import { originalsOf } from "./duplicated.ts";
import { type End, endOf, rankOf } from "./ends.ts";
import type { Judgement } from "./judgement.ts";

/** Which of its copies speaks for a packet, and the way of that copy. */
export type Way = Pick<Judgement, "packet" | "end" | "steps">;

/** By its own sightings and the state that was read around them, and by nothing else. */
export function wayOf(packet: Packet): Way {
  const all = leavesOf(packet);
  let end = firstOf(all);
  let leaves: readonly Step[] = all;
  if (all.length > 1 && !ARRIVED.has(end.kind)) {
    leaves = originalsOf(all);
    if (leaves.length < all.length) end = firstOf(leaves);
  }
  if (end.kind === "waiting" && leaves.length > 1) end = endAfterWait(end, leaves) ?? end;
  if (end.kind === "left") end = dropOfAddressee(end, packet, leaves) ?? end;
  if (end.kind === "silent") end = dropBeyondIpsec(end, leaves) ?? end;
  if (isFragment(end)) end = dropOfWhole(end, leaves) ?? end;
  return { packet, end, steps: stepsTo(end.step) };
}

/** A copy that came to a program is the packet's arrival, whoever made it. */
const ARRIVED: ReadonlySet<End["kind"]> = new Set(["delivered", "taken"]);

/** The end that speaks before all others. */
function firstOf(leaves: readonly Step[]): End {
  let end = endOf(leaves[0]!);
  for (let i = 1; i < leaves.length; i++) {
    const other = endOf(leaves[i]!);
    if (!speaksBefore(end, other)) end = other;
  }
  return end;
}

/**
 * [O4] A bridge that floods sends several copies of a frame, and which of them the reception at the host
 * with its link address came from nothing tells. Where that host dropped it, that speaks, and no copy that
 * seems to be under way. Null where it did not come there, or was not dropped.
 */
function dropOfAddressee({ step }: End, packet: Packet, leaves: readonly Step[]): End | null {
  const arrival = arrivalOf(step.event, packet);
  if (arrival?.packetType !== "host") return null;
  const came = leaves.filter((leaf) => stepsTo(leaf).some(({ event }) => event === arrival));
  return came.map(endOf).find(({ kind, step: { event } }) =>
    kind === "dropped" && event.node === arrival.node && !isAnothersFrame(event)
  ) ?? null;
}

/**
 * [O8] What a policy of IPsec takes leaves encrypted, and is not known again before it is decrypted. Where
 * it was dropped then, by another node and with a lower TTL, it is not held. Null where it was not, and where
 * no policy that was read asks for its encryption.
 */
function dropBeyondIpsec({ step: { event } }: End, leaves: readonly Step[]): End | null {
  const { kind, node, netns, at, source, destination, ttl } = event;
  const state = kind === "device-rx" ? stateAt(node, netns, at) : null;
  if (!state || source === undefined || destination === undefined || ttl === undefined) return null;
  if (policyFor(state, source, destination) === undefined) return null;
  return leaves.map(endOf).find(({ kind, step: { event: other } }) =>
    kind === "dropped" && other.node !== node && !isAnothersFrame(other) &&
    other.ttl !== undefined && other.ttl < ttl
  ) ?? null;
}

const isFragment = ({ step: { event } }: End) => event.fragmentOffset !== undefined;

/**
 * [O37] Where a host put fragments together, the first one was taken for its packet, and what became of
 * that speaks. Null where it was not dropped.
 */
function dropOfWhole({ step: { event: fragment } }: End, leaves: readonly Step[]): End | null {
  const ends = leaves.filter(({ event }) => event.node === fragment.node).map(endOf);
  return ends.find((end) => end.kind === "dropped" && !isFragment(end)) ?? null;
}

/**
 * [O8] The neighbour code frees the copy that it asked by, while the packet waits. What left by that
 * device later waits no more, and its end speaks, however little that tells. Null where none left.
 */
function endAfterWait({ step: { event: copy } }: End, leaves: readonly Step[]): End | null {
  const isPast = ({ event }: Step) =>
    event.kind === "device-tx" && event.node === copy.node && event.netns === copy.netns &&
    event.ifindex === copy.ifindex && event.at > copy.at;
  return leaves.filter((leaf) => stepsTo(leaf).some(isPast)).map(endOf)
    .reduce<End | null>((best, one) => best && speaksBefore(best, one) ? best : one, null);
}

/**
 * Orders copies by how well their end shows the packet's outcome: by rank, then the longer way,
 * then the later event on its node. The order never depends on the order of arrival.
 */
function speaksBefore(a: End, b: End): boolean {
  const [rank, otherRank] = [rankOf(a), rankOf(b)];
  if (rank !== otherRank) return rank < otherRank;
  const [length, otherLength] = [lengthTo(a.step), lengthTo(b.step)];
  if (length !== otherLength) return length > otherLength;
  if (a.step.event.node !== b.step.event.node) {
    return a.step.event.node.name < b.step.event.node.name;
  }
  return a.step.event.at >= b.step.event.at;
}
