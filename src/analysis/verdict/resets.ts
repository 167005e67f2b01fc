/** Resets that found no socket: whether the one they were for had closed, or is elsewhere. Rule O20. */
import type { Chain } from "../correlate/chains.ts";
import { conntrackForm, formKey, formOf, reverse } from "../correlate/identity.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../kernel/sockets.ts";
import { hasFlag, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
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
  if (group.form.protocol !== TCP) return;
  const resets = group.packets.filter(isUnclaimedReset);
  if (resets.length === 0) return;
  const other = group.reply ?? group.request;
  const chains = (other?.packets ?? []).flatMap(({ packet }) => packet.chains);
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
    reset.end = { ...reset.end, kind: "dropped" };
    revise(reset, "O20", { outcome: "dropped" });
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
