/** What one direction of a flow proves about the other. Rules O10 to O12. */
import type { FlowGroup } from "./flows.ts";
import {
  hasFlag,
  ICMP,
  ICMP6,
  isConnectRequest,
  isEchoReply,
  isEchoRequest,
  TCP,
  TCP_FLAGS,
  UDP,
} from "../kernel/protocols.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../kernel/sockets.ts";
import type { Gap } from "../../event/gaps.ts";
import { isMulticast } from "../view/address.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import { ANSWER_NS, mayWaitForAddress } from "./answer_due.ts";
import type { Asides } from "../view/evidence.ts";
import { type Judgement, revise } from "./judgement.ts";
import { isAnswerSealed } from "./sealed.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import {
  before,
  DEVICE_SCRIPTS,
  EVER,
  gapOf,
  isSilentUntil,
  PACKET_SCRIPTS,
  since,
} from "../view/coverage.ts";

const firstEvent = (judgement: Judgement) => judgement.steps[0]!.event;
const isEcho = (group: FlowGroup) => group.form.protocol === ICMP || group.form.protocol === ICMP6;

/**
 * [O10] Sets packets to delivered for which a reply was seen that the destination sends only after
 * it received them. The reply is proof even where the delivery itself was not seen.
 */
export function proveByReplies(group: FlowGroup): void {
  const other = group.reply ?? group.request;
  if (!other) return;
  if (isEcho(group)) {
    if (group.reply) proveEchoes(group, other);
  } else if (group.form.protocol === TCP) proveByAcknowledgements(group, other);
  else if (group.form.protocol === UDP && group.reply) proveSingle(group, other);
}

const isOpen = (judgement: Judgement) =>
  judgement.outcome === "unknown" || judgement.outcome === "vanished" ||
  judgement.outcome === "in-flight";

function proven(judgement: Judgement): void {
  revise(judgement, "O10", { outcome: "delivered" });
}

/**
 * One answer proves one request with its sequence number, not all of them: ping sends the same number
 * again when the kernel told it that its packet was dropped.
 */
function proveEchoes(requests: FlowGroup, replies: FlowGroup): void {
  /**
   * Count of answers by ICMP sequence number, less one for each request that was seen delivered.
   */
  const unclaimed = new Map<number | undefined, number>();
  const add = (judgement: Judgement, count: number) => {
    const { icmpSequence } = firstEvent(judgement);
    unclaimed.set(icmpSequence, (unclaimed.get(icmpSequence) ?? 0) + count);
  };
  // Where events were lost, one answer may be two packets of this list, with equal invariants.
  const distinct = new Map(
    replies.packets.map((reply) => [reply.packet.chains[0]!.invariants, reply]),
  );
  for (const reply of distinct.values()) add(reply, 1);
  for (const request of requests.packets) if (request.outcome === "delivered") add(request, -1);
  for (const request of requests.packets) {
    if (!isOpen(request) || (unclaimed.get(firstEvent(request).icmpSequence) ?? 0) <= 0) continue;
    proven(request);
    add(request, -1);
  }
}

/** `a` is before or at `b` on the circle of sequence numbers, which wrap. */
const notAfter = (a: number, b: number) => ((b - a) | 0) >= 0;

/**
 * What is acknowledged did arrive. Where one segment alone carried it, that segment was delivered;
 * where several did, one of them was, and the others' loss, if there was one, was made good.
 */
function proveByAcknowledgements(group: FlowGroup, other: FlowGroup): void {
  let highest: number | null = null;
  for (const packet of other.packets) {
    const event = firstEvent(packet);
    const { tcpAcknowledgement } = event;
    // A reset acknowledges too, and a firewall on the way may have sent it.
    if (!hasFlag(event, TCP_FLAGS.ack) || hasFlag(event, TCP_FLAGS.rst)) continue;
    if (tcpAcknowledgement === undefined) continue;
    if (highest === null || notAfter(highest, tcpAcknowledgement)) highest = tcpAcknowledgement;
  }
  if (highest === null) return;
  /** How many segments end at a sequence number. */
  const sent = new Map<number, number>();
  for (const packet of group.packets) {
    const end = sequenceEnd(packet);
    if (end !== null) sent.set(end, (sent.get(end) ?? 0) + 1);
  }
  for (const packet of group.packets) {
    const end = sequenceEnd(packet);
    if (packet.outcome === "delivered" || end === null || !notAfter(end, highest)) continue;
    packet.acknowledged = true;
    if (isOpen(packet) && sent.get(end) === 1 && isWatched(packet)) proven(packet);
  }
  doubtAcknowledged(group);
}

/** What was acknowledged arrived with some packet: one that is said to be lost may be that one, where no other is known. */
function doubtAcknowledged({ packets }: FlowGroup): void {
  const lost = packets.filter(({ outcome, acknowledged }) =>
    outcome === "vanished" && acknowledged
  );
  if (lost.length === 0) return;
  const arrived = packets.filter(({ outcome }) => outcome === "delivered");
  for (const packet of lost) {
    const end = sequenceEnd(packet)!;
    if (!arrived.some((other) => carries(other, (end - 1) >>> 0))) {
      revise(packet, "O10", { outcome: "unknown", gap: ACKNOWLEDGED });
    }
  }
}

const ACKNOWLEDGED: Gap = {
  code: "acknowledged",
  text:
    "what it carried was acknowledged, and no other packet that carried it is known to have arrived",
};

/** The segment carries the byte, SYN or FIN at this sequence number. */
export function carries(packet: Judgement, sequence: number): boolean {
  const { tcpSequence } = firstEvent(packet);
  const end = sequenceEnd(packet);
  return end !== null && notAfter(tcpSequence!, sequence) && !notAfter(end, sequence);
}

/** All transmissions of the sender were seen, so no unseen packet carried the same bytes. */
function isWatched(judgement: Judgement): boolean {
  const { node, kind } = firstEvent(judgement);
  return kind === "device-tx" && gapOf(node, DEVICE_SCRIPTS, EVER) === null;
}

/** The acknowledgement number that proves this segment's arrival; null when it carries nothing. */
function sequenceEnd(judgement: Judgement): number | null {
  const event = firstEvent(judgement);
  const { tcpSequence, payload } = event;
  // SYN and FIN take a sequence number each.
  const length = (payload ?? 0) + Number(hasFlag(event, TCP_FLAGS.syn)) +
    Number(hasFlag(event, TCP_FLAGS.fin));
  return tcpSequence === undefined || length === 0 ? null : (tcpSequence + length) >>> 0;
}

/**
 * An answer over UDP proves that a request was delivered, but not which one, and one request may have
 * several answers. So it proves something only of a request that is the only one.
 */
function proveSingle(requests: FlowGroup, replies: FlowGroup): void {
  const [request, another] = requests.packets;
  if (!request || another || replies.packets.length === 0) return;
  if (isOpen(request) && isWatched(request)) proven(request);
}

/**
 * [O11] The packets of a flow without the losses that TCP made good: what such a segment carried
 * arrived in another one. It stays counted as a packet, and does not make the flow bad.
 */
export function unrecovered(group: FlowGroup): Judgement[] {
  if (group.form.protocol !== TCP) return group.packets;
  const arrived = arrivalsOf(group);
  const other = group.reply ?? group.request;
  const closed = hasEnded(group) && hasEnded(other);
  const given = resetsOf(other);
  return group.packets.filter((packet) =>
    packet.outcome === "delivered" ||
    !(isRecovered(packet, arrived) || (closed && sequenceEnd(packet) === null) ||
      isGivenUp(packet, given))
  );
}

/** Where the resets of a direction were made. */
const resetsOf = (group: FlowGroup | undefined): Sighting[] =>
  (group?.packets ?? []).map(firstEvent).filter((event) =>
    event.kind === "device-tx" && hasFlag(event, TCP_FLAGS.rst)
  );

/**
 * It found no socket where the connection had been given up by a reset before the segment came:
 * nobody there waited for it. A reset that answers the segment itself was made after it came.
 */
function isGivenUp({ end, steps }: Judgement, resets: readonly Sighting[]): boolean {
  const freed = end.step.event;
  if (resets.length === 0 || freed.kind !== "drop" || freed.tunnelKind !== undefined) return false;
  // A new connection of the same ports does wait for its answer.
  if (isConnectRequest(freed)) return false;
  if (!saysNoSocket(freed) && !isSocketLookupWithoutReason(freed)) return false;
  const came = steps.map(({ event }) => event).find((event) =>
    event.kind === "device-rx" && event.node === freed.node && event.netns === freed.netns
  );
  return came !== undefined &&
    resets.some((reset) =>
      reset.node === came.node && reset.netns === came.netns && reset.at < came.at
    );
}

/** Its FIN arrived: after both ends' FIN nobody waits for an acknowledgement that was lost. */
const hasEnded = (group: FlowGroup | undefined): boolean =>
  group?.packets.some((packet) =>
    packet.outcome === "delivered" && hasFlag(firstEvent(packet), TCP_FLAGS.fin)
  ) ?? false;

/** What of a flow was delivered. */
interface Arrivals {
  /** Sequence number that each delivered segment begins with. */
  begins: Uint32Array;
  /** Acknowledgement number that proves it, at the same place as in `begins`. */
  ends: Uint32Array;
  /** By the node that saw them first: when the last delivered packet was first seen, as its `at`. */
  lastAt: Map<NodeView, number>;
}

/** Collected once for all losses of a flow, because there may be hundreds of thousands. */
function arrivalsOf(group: FlowGroup): Arrivals {
  const begins: number[] = [];
  const ends: number[] = [];
  const lastAt = new Map<NodeView, number>();
  for (const packet of group.packets) {
    if (packet.outcome !== "delivered") continue;
    const { node, at, tcpSequence } = firstEvent(packet);
    const last = lastAt.get(node);
    if (last === undefined || at > last) lastAt.set(node, at);
    const end = sequenceEnd(packet);
    if (end === null) continue;
    begins.push(tcpSequence!);
    ends.push(end);
  }
  return { begins: Uint32Array.from(begins), ends: Uint32Array.from(ends), lastAt };
}

function isRecovered(judgement: Judgement, { begins, ends, lastAt }: Arrivals): boolean {
  if (judgement.acknowledged) return true;
  const end = sequenceEnd(judgement);
  const { node, at, tcpSequence } = firstEvent(judgement);
  if (end === null) return (lastAt.get(node) ?? at) > at;
  for (let i = 0; i < begins.length; i++) {
    if (notAfter(begins[i]!, tcpSequence!) && notAfter(end, ends[i]!)) return true;
  }
  return false;
}

/**
 * [O12] Every delivered packet of the flow is a request (echo request, SYN), and the destination
 * sent no answer. True only where the destination's transmissions were watched without loss, and
 * for long enough after the last request, and where IPsec does not encrypt what it answers.
 */
export function isUnanswered(group: FlowGroup, evidence: Asides): boolean {
  if (group.reply || group.request || group.rival) return false;
  const delivered = group.packets.filter((packet) => packet.outcome === "delivered");
  if (delivered.length === 0) return false;
  const isToAll = isMulticast(group.form.destination) || delivered.every(cameAsBroadcast);
  if (isToAll && delivered.some(wasEchoed)) return false;
  return delivered.every((packet) => {
    const event = firstEvent(packet);
    const isTcp = group.form.protocol === TCP;
    const asks = isTcp ? isConnectRequest(event) : isEchoRequest(event);
    const last = packet.end.step.event;
    // A SYN may repeat one that nobody saw, and that was answered.
    const from = isTcp ? before(last).from : last.at;
    const when = { ...since(last), from };
    return asks && isSilentUntil(last.node, last.at + ANSWER_NS) &&
      !mayWaitForAddress(last, evidence) && !isAnswerSealed(last) &&
      gapOf(last.node, PACKET_SCRIPTS, when) === null;
  });
}

const echoes = finding((event) =>
  isEchoReply(event) ? echoKey(event.destination, event) : undefined
);

const echoKey = (asker: string | undefined, { icmpId }: Sighting) => `${asker} ${icmpId}`;

/** Whoever got it did so as one of all hosts of a link. */
const cameAsBroadcast = ({ steps }: Judgement): boolean =>
  steps.some(({ event }) => event.kind === "device-rx" && event.packetType === "broadcast");

/** A member of the group that was asked, or one of all, answered from an address of its own. */
function wasEchoed({ steps, end }: Judgement): boolean {
  const asked = steps[0]!.event;
  const key = echoKey(asked.source, asked);
  return [asked.node, end.step.event.node].some((node) =>
    concludedFrom(node, echoes, key, "a member answered", (seen) => seen.length > 0)
  );
}
