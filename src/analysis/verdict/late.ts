/** Losses just before the trace ended, on a way that takes long. Rule O21. */
import { deviceEvent } from "../correlate/steps.ts";
import { isSilentUntil, leftOutIn } from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";
import { crossedBy } from "./crossings.ts";
import type { FlowGroup } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";
import { rankOfPacket } from "./rank.ts";

/** Differences between the readings of two clocks, ns: what a crossing took, and the clocks' offset. */
interface Delays {
  least: number;
  most: number;
}

/**
 * [O21] Takes back `vanished` where the next node was not watched, or runs of its scripts were left
 * out, for twice as long as the slowest packet of this conversation took to it. A full queue on the way holds packets for longer than a
 * trace waits at its end. How long one took follows without comparing clocks: from the readings of
 * both directions their offset goes out.
 */
export function doubtLate(group: FlowGroup): void {
  const vanished = group.packets.filter(({ outcome }) => outcome === "vanished");
  if (vanished.length === 0) return;
  const other = group.reply ?? group.request;
  const delays = delaysOf([...group.packets, ...other?.packets ?? []]);
  for (const judgement of vanished) {
    const sent = deviceEvent(judgement.end.step);
    const { node } = judgement.awaited!;
    const there = delays.get(key(sent.node, node));
    if (!there) continue;
    const back = delays.get(key(node, sent.node));
    const slowest = there.most + (back ? back.least : -there.least);
    const [from, to] = [sent.at + there.least, sent.at + there.most + slowest];
    const leftOut = leftOutIn(node, { node, from, to }, () => rankOfPacket(judgement.packet));
    if (leftOut) revise(judgement, "O21", { outcome: "unknown", gap: leftOut });
    if (leftOut || isSilentUntil(node, to)) continue;
    const text = `${node.name} may not have been watched any more when it would have come: ` +
      `another packet took ${Math.round(slowest / 1e6)} ms`;
    revise(judgement, "O21", { outcome: "unknown", gap: { code: "watched-too-short", text } });
  }
}

const key = (from: NodeView, to: NodeView) => `${from.name}\0${to.name}`;

/** From node to node. Packets that look alike were joined by order, and tell no delay. */
function delaysOf(packets: readonly Judgement[]): Map<string, Delays> {
  const alike = new Map<string, number>();
  for (const { packet } of packets) {
    const { invariants } = packet.chains[0]!;
    alike.set(invariants, (alike.get(invariants) ?? 0) + 1);
  }
  const delays = new Map<string, Delays>();
  for (const judgement of packets) {
    if (alike.get(judgement.packet.chains[0]!.invariants)! > 1) continue;
    for (const { sent, received } of crossedBy(judgement)) {
      const between = key(sent.node, received.node);
      const delay = received.at - sent.at;
      const { least, most } = delays.get(between) ?? { least: delay, most: delay };
      delays.set(between, { least: Math.min(least, delay), most: Math.max(most, delay) });
    }
  }
  return delays;
}
