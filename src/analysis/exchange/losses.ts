/** Which packets died on their way, and how long the exchange waited for them. */
import { hasFlag, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { hasLongerWay, type Judgement } from "../verdict/judgement.ts";
import { carries, unrecovered } from "../verdict/replies.ts";
import { DEVICE_SCRIPTS, gapOf, isSilentUntil } from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";
import { clientSide, firstAt, inOrder } from "./meeting.ts";

/** After this time at the latest TCP sends again what nobody acknowledged, ns; then after twice that. */
const REPEAT_NS = 250e6;
/** A segment that was tried so often and never arrived is lost for good, whatever comes later. */
const LAST_TRY = 3;

/** It died, and where it did is known. */
export const isLost = ({ outcome }: Judgement): boolean =>
  outcome === "dropped" || outcome === "vanished";

const firstEvent = ({ steps }: Judgement) => steps[0]!.event;

/**
 * These packets but for fragments that arrived and were held for another one which is known to have died: what
 * became of their packet is what became of that one (O14).
 */
export function withoutHeldParts(packets: readonly Judgement[]): readonly Judgement[] {
  const isHeld = ({ gap }: Judgement) => gap?.code === "fragments-missing";
  if (!packets.some(isHeld)) return packets;
  const idOf = (packet: Judgement) => firstEvent(packet).ipId;
  const died = new Set(packets.filter(isLost).map(idOf));
  return packets.filter((packet) => !isHeld(packet) || !died.has(idOf(packet)));
}

/** A segment that carries neither data nor SYN nor FIN: nobody waits for it in particular. */
export const carriesNothing = (judgement: Judgement): boolean => {
  const event = firstEvent(judgement);
  return event.protocol === TCP && (event.payload ?? 0) === 0 &&
    !hasFlag(event, TCP_FLAGS.syn | TCP_FLAGS.fin);
};

/** Packets of a flow that died and that nothing made good, those with the longest way first. */
export function lastingLosses(flow: FlowGroup): Judgement[] {
  return sorted(unrecovered(flow).filter((packet) => isLost(packet) && !carriesNothing(packet)));
}

/**
 * [X6] The sender would have sent again what was lost, and would have been seen to. When the trace
 * ended before that, nothing tells whether the loss lasted.
 */
export function hadTimeToRepeat(flow: FlowGroup, loss: Judgement): boolean {
  const sequence = firstEvent(loss).tcpSequence;
  if (sequence === undefined) return true;
  const node = clientSide(flow);
  const carriers = flow.packets.filter((packet) => carries(packet, sequence));
  if (carriers.filter(isLost).length >= LAST_TRY) return true;
  // What became of the last one is not known: it may have arrived.
  const last = inOrder(carriers, node).at(-1);
  if (last !== undefined && !isLost(last) && last.outcome !== "delivered") return false;
  const tries = carriers.map((packet) => firstAt(packet, node)).filter((at) => at !== null);
  if (tries.length === 0 || tries.length >= LAST_TRY) return true;
  return isSilentUntil(node, Math.max(...tries) + REPEAT_NS * 2 ** (tries.length - 1));
}

/** All that died of a flow, those with the longest way first. */
export function allLosses(flow: FlowGroup): Judgement[] {
  return sorted(flow.packets.filter((packet) => isLost(packet) && !carriesNothing(packet)));
}

function sorted(losses: Judgement[]): Judgement[] {
  return losses.sort((a, b) => hasLongerWay(a, b) ? -1 : 1);
}

/** A loss and how long what it carried was late by it, ns of one node. */
export interface Delay {
  loss: Judgement;
  delayNs: number;
}

/**
 * [X7] The loss that cost a TCP flow the most time, by the clock of the sender's side: from when the
 * lost segment was sent to when a delivered one carried the same bytes. Null without such a loss, and
 * where an earlier one may not have been seen. `back` are the flows of the other direction.
 */
export function longestDelay(
  flow: FlowGroup,
  node: NodeView,
  back: readonly FlowGroup[],
): Delay | null {
  let longest: Delay | null = null;
  const delivered = inOrder(flow.packets.filter(({ outcome }) => outcome === "delivered"), node);
  for (const loss of flow.packets) {
    if (!isLost(loss) || carriesNothing(loss)) continue;
    const since = firstAt(loss, node);
    const sequence = firstEvent(loss).tcpSequence;
    if (since === null || sequence === undefined) continue;
    const made = delivered.find((packet) =>
      carries(packet, sequence) && firstAt(packet, node)! > since
    );
    if (!made) continue;
    const to = firstAt(made, node)!;
    if (isLateGoodBye(loss, to, flow, node, back)) continue;
    if (gapOf(node, DEVICE_SCRIPTS, { node, from: since, to }) !== null) continue;
    const delayNs = to - since;
    if (!longest || delayNs > longest.delayNs) longest = { loss, delayNs };
  }
  return longest;
}

/**
 * Only a FIN was lost, and before it was made good its receiver had closed as well, with all data: no
 * program waited for it. Who closes its half first and waits for an answer has not all data then.
 */
function isLateGoodBye(
  loss: Judgement,
  to: number,
  flow: FlowGroup,
  node: NodeView,
  back: readonly FlowGroup[],
): boolean {
  const event = firstEvent(loss);
  if (!hasFlag(event, TCP_FLAGS.fin) || (event.payload ?? 0) > 0) return false;
  if (!flow.packets.some((packet) => (firstEvent(packet).payload ?? 0) > 0)) return false;
  return back.some(({ packets }) =>
    packets.some((packet) => {
      const other = firstEvent(packet);
      const at = firstAt(packet, node);
      return hasFlag(other, TCP_FLAGS.fin) && other.tcpAcknowledgement === event.tcpSequence &&
        at !== null && at < to;
    })
  );
}
