/** Resets and echo replies that found no socket: whether the one they were for is elsewhere. Rule O20. */
import type { Chain } from "../correlate/chains.ts";
import { conntrackForm, formKey, formOf, reverse } from "../correlate/identity.ts";
import { isFreedFromSocket } from "../kernel/frees.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../kernel/sockets.ts";
import { isDeviceKind } from "../../event/kinds.ts";
import { hasFlag, ICMP, ICMP6, isEchoReply, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { around, before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import type { Sighting } from "../view/timeline.ts";
import type { FlowGroup } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";

/**
 * [O20] A reset that found no socket was obeyed where packets of its socket were made in the
 * namespace that freed it, or another packet between its ends was taken there. Where the other direction only passed through there, or was made there to
 * another end, the socket is not one of these ends: who asked never got the reset, which was dropped.
 * `unknown` where nothing of the other direction tells, as of a connection older than the trace.
 *
 * What looks alike and is healthy: the second of two resets, and one for a socket that has closed.
 */
export function judgeResets(group: FlowGroup): void {
  const { protocol } = group.form;
  const other = group.reply ?? group.request;
  const chainsOf = () => (other?.packets ?? []).flatMap(({ packet }) => packet.chains);
  if (protocol === ICMP || protocol === ICMP6) {
    const replies = group.packets.filter(isUnclaimedReply);
    if (replies.length > 0) judgeReplies(replies, chainsOf());
  }
  if (protocol !== TCP) return;
  const resets = group.packets.filter(isUnclaimedReset);
  if (resets.length === 0) return;
  const chains = chainsOf();
  for (const reset of resets) {
    if (!group.packets.some((packet) => isTakenThere(packet, reset))) judgeReset(reset, chains);
  }
}

/** The socket that the reset was for took another packet between the same ends. */
function isTakenThere(packet: Judgement, reset: Judgement): boolean {
  const [event, freed] = [packet.end.step.event, reset.end.step.event];
  return packet.outcome === "delivered" && !isUnclaimedReset(packet) && event.node === freed.node &&
    event.netns === freed.netns && formKey(formOf(event)) === formKey(formOf(freed));
}

function isUnclaimedReset({ outcome, end: { kind, step: { event } } }: Judgement): boolean {
  return outcome === "delivered" && kind === "taken" && event.kind === "drop" &&
    (saysNoSocket(event) || isSocketLookupWithoutReason(event)) && hasFlag(event, TCP_FLAGS.rst);
}

/**
 * No socket took the echo's answer: none of ping's kind, by the kernel's reason, and no raw one, which
 * would have been given a clone.
 */
function isUnclaimedReply({ outcome, end: { step: { event } }, packet }: Judgement): boolean {
  return outcome === "delivered" && event.kind === "drop" && saysNoSocket(event) &&
    isEchoReply(event) &&
    !packet.chains.some(({ node, events }) =>
      node === event.node &&
      events.some((other) =>
        other.kind === "deliver" || (other !== event && isFreedFromSocket(other))
      )
    );
}

/**
 * [O20] Where the question passed the namespace that freed its answer, translated, and was not made
 * there, who asked got nothing. Nothing is said where the question was not seen there: that it was
 * asked before the trace, or by a program that has ended, looks alike.
 */
function judgeReplies(replies: readonly Judgement[], chains: readonly Chain[]): void {
  for (const reply of replies) {
    const { event } = reply.end.step;
    const socket = formKey(reverse(formOf(event)));
    const here = chains.filter(({ node }) => node === event.node);
    // What it had of the question at its devices, first and, translated, on its way out.
    const seen = here.map(({ events }) =>
      events.filter(({ kind, netns }) => netns === event.netns && isDeviceKind(kind))
    ).filter((events) => events.some((other) => formKey(formOf(other)) === socket));
    const isOthers = seen.length > 0 &&
      seen.every(([first]) => first!.kind === "device-rx" && formKey(formOf(first!)) !== socket);
    if (!isOthers || here.some((chain) => isMadeIn(chain, event, socket))) continue;
    drop(reply);
  }
}

/** It is a loss, where it was taken for one that is not needed any more. */
function drop(judgement: Judgement): void {
  judgement.end = { ...judgement.end, kind: "dropped" };
  revise(judgement, "O20", { outcome: "dropped" });
}

/**
 * [O20] Where the host may have translated what it sent before a device saw it, and translations are
 * not told, nothing shows which socket the reset was for.
 */
function judgeReset(reset: Judgement, chains: readonly Chain[]): void {
  const { event } = reset.end.step;
  const socket = formKey(reverse(formOf(event)));
  const here = chains.filter(({ node }) => node === event.node);
  const { to } = around(event);
  const from = Math.min(
    ...[event, ...here.map(({ events }) => events[0]!)].map((first) => before(first).from),
  );
  const gap = gapOf(event.node, DEVICE_SCRIPTS, { node: event.node, from, to });
  // Where receptions were missed, what was forwarded looks as if it was made here.
  const made = here.filter((chain) => isMadeIn(chain, event, socket));
  const isTold = event.node.header.translationsUntold !== true;
  if (gap === null && made.length > 0 && isTold) return;
  const passed = here.some(({ events }) =>
    events.some((other) => formKey(formOf(other)) === socket)
  );
  if (gap === null && passed && made.length === 0) {
    drop(reset);
    return;
  }
  const text = `${event.node.name} had no socket for the reset: whether it had closed is not known`;
  revise(reset, "O20", { outcome: "unknown", gap: { code: "freed-without-reason", text } });
}

/** The chain begins with a transmission in the namespace of `event`, between the socket's ends. */
function isMadeIn({ events }: Chain, { netns }: Sighting, socket: string): boolean {
  const first = events[0]!;
  return first.kind === "device-tx" && first.netns === netns && isFor(first, socket);
}

/** The host's own translation changes a packet before a device sees it: its socket asked the other form. */
const isFor = (event: Sighting, socket: string): boolean =>
  formKey(conntrackForm(event) ?? formOf(event)) === socket;
