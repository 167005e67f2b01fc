/** Losses just before the trace ended, on a way that takes long. Rule O21. */
import { deviceEvent } from "../correlate/steps.ts";
import { isSilentUntil, leftOutIn } from "../view/coverage.ts";
import { isShapedBehind } from "../view/shaper.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { crossedBy, piecesOf } from "./crossings.ts";
import type { FlowGroup } from "./flows.ts";
import { RESOLUTION_NS } from "./judge.ts";
import { type Judgement, revise } from "./judgement.ts";
import { rankOfPacket } from "./rank.ts";

/** Differences between the readings of two clocks, ns: what a crossing took, and the clocks' offset. */
interface Delays {
  least: number;
  most: number;
}

/**
 * [O21] Takes back `vanished` where the next node was not watched, or runs of its scripts were left
 * out, for twice as long as the slowest packet of this conversation took to it; within a node, twice as
 * long as the slowest took from the same place to wherever it was seen next. A full queue on the way
 * holds packets for longer than a trace waits at its end; where only some packets are told, the slowest may
 * be none of them, and nobody knows how long the queue is. How long one took to another node follows
 * without comparing clocks: from the readings of both directions their offset goes out. Where no other
 * packet tells how long one takes, and a shaper is behind the device, it may hold what is the only one.
 */
export function doubtLate(group: FlowGroup): void {
  const vanished = group.packets.filter(({ outcome }) => outcome === "vanished");
  if (vanished.length === 0) return;
  const other = group.reply ?? group.request;
  const packets = unlike([...group.packets, ...other?.packets ?? []]);
  const [across, within] = [delaysAcross(packets), delaysWithin(packets)];
  for (const judgement of vanished) {
    const sent = deviceEvent(judgement.end.step);
    const { node } = judgement.awaited!;
    const isWithin = node === sent.node;
    const there = isWithin ? within.get(placeOf(sent)) : across.get(key(sent.node, node));
    if (!there) {
      if (isWithin && isShapedBehind(sent)) doubtShaped(judgement, sent);
      continue;
    }
    const back = across.get(key(node, sent.node));
    const slowest = isWithin ? there.most : there.most + (back ? back.least : -there.least);
    const longest = mayBeSlower(sent.node, slowest) ? RESOLUTION_NS : slowest;
    const [from, to] = [sent.at + there.least, sent.at + there.most + longest];
    const leftOut = leftOutIn(node, { node, from, to }, () => rankOfPacket(judgement.packet));
    if (leftOut) revise(judgement, "O21", { outcome: "unknown", gap: leftOut });
    if (leftOut || isSilentUntil(node, to)) continue;
    const text = `${node.name} may not have been watched any more when it would have come: ` +
      `another packet took ${Math.round(slowest / 1e6)} ms`;
    revise(judgement, "O21", { outcome: "unknown", gap: { code: "watched-too-short", text } });
  }
}

function doubtShaped(judgement: Judgement, { node, at }: Sighting): void {
  if (isSilentUntil(node, at + RESOLUTION_NS)) return;
  const text = `${node.name} may not have been watched any more when it would have come: ` +
    "a queue on the way keeps a rate or a delay, and no other packet tells how long";
  revise(judgement, "O21", { outcome: "unknown", gap: { code: "watched-too-short", text } });
}

/** A way without a queue takes less, ns. */
const IDLE_NS = 20e6;

/** A queue was seen to hold packets, and of those that it held longest none may have been told. */
const mayBeSlower = ({ sampled }: NodeView, slowest: number) =>
  sampled.length > 0 && slowest >= IDLE_NS;

const key = (from: NodeView, to: NodeView) => `${from.name}\0${to.name}`;

/** Packets that look alike were joined by order, and tell no delay. */
function unlike(packets: readonly Judgement[]): Judgement[] {
  const alike = new Map<string, number>();
  for (const { packet } of packets) {
    const { invariants } = packet.chains[0]!;
    alike.set(invariants, (alike.get(invariants) ?? 0) + 1);
  }
  return packets.filter(({ packet }) => alike.get(packet.chains[0]!.invariants)! === 1);
}

/** From node to node, by `key`: of a packet that was cut on its way each piece that came tells, too. */
function delaysAcross(packets: readonly Judgement[]): Map<string, Delays> {
  const delays = new Map<string, Delays>();
  for (const judgement of packets) {
    for (const { sent, received } of [...crossedBy(judgement), ...piecesOf(judgement)]) {
      widen(delays, key(sent.node, received.node), received.at - sent.at);
    }
  }
  return delays;
}

/** From the device that sent a packet to wherever the same node saw it next, by `placeOf`. */
function delaysWithin(packets: readonly Judgement[]): Map<string, Delays> {
  const delays = new Map<string, Delays>();
  for (const { steps } of packets) {
    for (let i = 1; i < steps.length; i++) {
      const [sent, next] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.kind !== "device-tx" || next.node !== sent.node) continue;
      widen(delays, placeOf(sent), next.at - sent.at);
    }
  }
  return delays;
}

const placeOf = ({ node, netns, ifindex, kind }: Sighting) =>
  `${node.name}\0${netns}\0${ifindex}\0${kind}`;

function widen(delays: Map<string, Delays>, key: string, delay: number): void {
  const { least, most } = delays.get(key) ?? { least: delay, most: delay };
  delays.set(key, { least: Math.min(least, delay), most: Math.max(most, delay) });
}
