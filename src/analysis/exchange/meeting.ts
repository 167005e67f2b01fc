/** How an answer met the client, and when, by the clock of the node that saw the question first. */
import { type Form, formKey, formOf, reverse } from "../correlate/identity.ts";
import { hasFlag, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../kernel/sockets.ts";
import type { Packet } from "../correlate/packets.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { rankOfPacket } from "../verdict/rank.ts";
import { before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Joined } from "./exchange.ts";

/** How an answer met the client. */
export type Meeting =
  /** It arrived from the end that was asked. */
  | "as-asked"
  /** It arrived, and its ends are not those that the client asked. */
  | "otherwise"
  /** It was delivered, but where it was last seen its ends may still have been translated. */
  | "untold"
  /** It did not arrive, or nobody saw that it did. */
  | "not";

/** It came to where it was sent: a socket or protocol took it, or it was freed for want of a socket. */
export function hasArrivedAt({ outcome, end }: Judgement): boolean {
  if (outcome === "delivered") return true;
  const { event } = end.step;
  return outcome === "dropped" && end.atDestination &&
    (saysNoSocket(event) || isSocketLookupWithoutReason(event));
}

/**
 * [X2] How this packet of an answer met the client. Only sightings behind the hooks of netfilter, by a
 * socket or where none was found, show the ends that the client's socket was asked for: before them
 * the client's own host may still translate. What came from the end that was asked to another port of the
 * client answers what that port asked, where some answer came to the port that asked here. Another host that has the client's address did not ask, so
 * that what it takes has missed the client, whatever ends it has.
 */
export function meetingOf(
  packet: Judgement,
  asked: Form,
  { question, answers, missing }: Pick<Joined, "question" | "answers" | "missing">,
): Meeting {
  if (!hasArrivedAt(packet)) return "not";
  const expected = reverse(asked);
  const { event } = packet.end.step;
  if (hasEnds(event, expected)) return "as-asked";
  // At a host that translated the question it may have met that host's own sockets.
  if (event.destination !== expected.destination) return "not";
  // A port of the translation that connections had one after the other makes one flow of their answers.
  if (
    isAnothersAnswer(event, expected) && answers.some(({ forms }) => forms.has(formKey(expected)))
  ) {
    return "not";
  }
  // Where events are missing its translation may be among them.
  if (missing !== null) return "untold";
  if (wasAskedElsewhere(packet, question)) return "not";
  const isBehindHooks = event.kind === "deliver" || event.kind === "drop" ||
    event.kind === "consume";
  if (isBehindHooks && event.source !== undefined) {
    return cameAsTaken(packet, event) ? "otherwise" : "untold";
  }
  return packet.packet.forms.has(formKey(expected)) ? "as-asked" : "untold";
}

/** It came from the end that was asked, to another port of the client than the one that asked. */
const isAnothersAnswer = (event: Sighting, expected: Form) =>
  event.source === expected.source && event.sourcePort === expected.sourcePort &&
  event.destinationPort !== expected.destinationPort;

/**
 * The namespace of its end received it with the ends that it has there. Else that host translated it,
 * and may have translated the question before that was first seen: not every kernel lets it be read.
 */
const cameAsTaken = ({ steps }: Judgement, end: Sighting) =>
  steps.some(({ event }) =>
    event.kind === "device-rx" && event.node === end.node && event.netns === end.netns &&
    hasEnds(event, formOf(end))
  );

/** The sighting has these ends; a later fragment tells only addresses. */
function hasEnds(event: Sighting, { source, sourcePort, destination, ...ends }: Form): boolean {
  const fits = (own: number | undefined, wanted: number | undefined) =>
    own === undefined || own === wanted;
  return event.source === source && event.destination === destination &&
    fits(event.sourcePort, sourcePort) && fits(event.destinationPort, ends.destinationPort) &&
    fits(event.icmpId, ends.icmpId);
}

/**
 * It ended in a namespace that packets of the question began in: another that has the client's
 * address, or that has translated the question, takes no answer for the client. A reset does not ask:
 * such another host sends it with the client's ends.
 */
export function isTakenByAsker({ end }: Judgement, question: FlowGroup): boolean {
  const firsts = firstsAt(end.step.event, question);
  return firsts.length > 0 && firsts.every(({ first }) => first.kind !== "device-rx");
}

/**
 * Whether an answer is, and each packet of the question was made there, or would have been seen to come in,
 * had it not been. Each namespace is looked at once: thousands of answers to echoes end in one.
 */
export function surelyTakenByAsker(question: FlowGroup): (answer: Judgement) => boolean {
  const known = new Map<string, boolean>();
  return (answer) => {
    const { event } = answer.end.step;
    const place = `${event.node.name} ${event.netns}`;
    const isSure = known.get(place) ??
      (isTakenByAsker(answer, question) && !firstsAt(event, question).some(isDoubtful));
    known.set(place, isSure);
    return isSure;
  };
}

/** What a namespace had of a packet first. */
interface First {
  packet: Packet;
  first: Sighting;
}

/** It may have come in unseen, and have begun elsewhere. */
const isDoubtful = ({ packet, first }: First): boolean =>
  !isMadeHere(first) &&
  gapOf(first.node, DEVICE_SCRIPTS, before(first), () => rankOfPacket(packet)) !== null;

/** Some namespace may be taken for the one that the packet began in, and may not be. */
export function mayHaveBegunElsewhere({ packet }: Judgement): boolean {
  const firsts = new Map<string, Sighting>();
  for (const { node, events } of packet.chains) {
    for (const event of events) {
      const place = `${node.name} ${event.netns}`;
      const known = firsts.get(place);
      if (!known || event.at < known.at) firsts.set(place, event);
    }
  }
  return [...firsts.values()].some((first) =>
    first.kind !== "device-rx" && isDoubtful({ packet, first })
  );
}

/** What hosts begin with. */
const FIRST_TTLS: readonly number[] = [64, 128, 255];

/**
 * No router has had it yet, and its frame is from the device's own link address, so that no bridge sent it
 * on for another.
 */
function isMadeHere({ kind, node, netns, ifindex, at, ttl, sourceMac }: Sighting): boolean {
  if (kind !== "device-tx" || ttl === undefined || sourceMac === undefined) return false;
  const link = linkOf(stateAt(node, netns, at), ifindex);
  return FIRST_TTLS.includes(ttl) && link?.mac === sourceMac;
}

/** Of each packet of the question that the namespace had, what it had of it first. */
const firstsAt = ({ node, netns }: Sighting, question: FlowGroup): First[] =>
  question.packets.filter((packet) => !isReset(packet)).flatMap(({ packet }) => {
    const events = packet.chains.filter((chain) => chain.node === node)
      .flatMap((chain) => chain.events).filter((event) => event.netns === netns);
    if (events.length === 0) return [];
    return [{ packet, first: events.reduce((a, b) => b.at < a.at ? b : a) }];
  });

/**
 * Another namespace than the one it ended in was seen to send the question, and that one was not. That
 * nobody was seen to send it says nothing: the asker may have been out of sight.
 */
function wasAskedElsewhere(packet: Judgement, question: FlowGroup): boolean {
  const { node, netns } = packet.end.step.event;
  const wasSent = question.packets.some((asking) => {
    const { event } = asking.steps[0]!;
    return !isReset(asking) && event.kind !== "device-rx" &&
      (event.node !== node || event.netns !== netns);
  });
  return wasSent && !isTakenByAsker(packet, question);
}

/** A reset of TCP. */
export const isReset = ({ steps }: Judgement): boolean =>
  steps[0]!.event.protocol === TCP && hasFlag(steps[0]!.event, TCP_FLAGS.rst);

/** The node that saw the first packet of the flow first: the client's side, as far as it is watched. */
export const clientSide = ({ packets }: FlowGroup): NodeView => packets[0]!.steps[0]!.event.node;

/** When a node first saw the packet, ns as `at`; null when it never did. */
export function firstAt({ packet }: Judgement, node: NodeView): number | null {
  let first: number | null = null;
  for (const chain of packet.chains) {
    if (chain.node !== node) continue;
    const { at } = chain.events[0]!;
    if (first === null || at < first) first = at;
  }
  return first;
}

/** When a node last saw the packet, ns as `at`; null when it never did. */
export function lastAt({ packet }: Judgement, node: NodeView): number | null {
  let last: number | null = null;
  for (const chain of packet.chains) {
    if (chain.node !== node) continue;
    const { at } = chain.events.at(-1)!;
    if (last === null || at > last) last = at;
  }
  return last;
}

/** Packets that a node saw, in the order in which it saw them first. */
export function inOrder(packets: readonly Judgement[], node: NodeView): Judgement[] {
  return packets.flatMap((packet) => {
    const at = firstAt(packet, node);
    return at === null ? [] : [{ packet, at }];
  }).sort((a, b) => a.at - b.at).map(({ packet }) => packet);
}
