/** What was sent back for a refused packet, right before it was freed. */
import { hasFlag, TCP, TCP_FLAGS, UDP } from "../kernel/protocols.ts";
import type { Case } from "../rules/case.ts";
import { type Sighting, sightingsBetween } from "../view/timeline.ts";
import { hasQuoted } from "../view/evidence.ts";

/** A rejecting rule answers first and frees then, a few microseconds later. */
const ANSWER_NS = 5e6;

/**
 * What this namespace sent back for the packet since it came, in the 5 ms before it was freed, in words;
 * null when nothing was seen.
 */
export function answerOf(subject: Case): string | null {
  const { judgement, event, node, netns } = subject;
  const made = judgement.steps.map((step) => step.event).find((step) =>
    step.kind === "icmp-error" && step.node === node && step.netns === netns &&
    event.at - step.at <= ANSWER_NS
  );
  if (made) return `an ICMP error (${icmpErrorText(made)})`;
  // What was sent before the packet came is about another one of its flow: an IP id may be 0 in both.
  const came = judgement.steps.map((step) => step.event)
    .find((step) => step.kind === "device-rx" && step.node === node);
  const from = Math.max(came?.at ?? -Infinity, event.at - ANSWER_NS);
  const since = (other: Sighting) =>
    other.node === node && other.netns === netns && other.kind === "device-tx" &&
    other.at <= event.at && other.at >= from;
  const [source, destination] = endsOf(event);
  const isRefused = hasQuoted(
    subject.evidence,
    { node, netns },
    [source, destination],
    { from, to: event.at },
    `${event.protocol} ${event.tunnelKind} ${endsOf(event).join(" ")}`,
    (error) => quotes(error, event),
  );
  if (isRefused) return "an ICMP error";
  if (event.protocol !== TCP || event.tunnelKind !== undefined) return null;
  for (const other of sightingsBetween(node, from - 1, event.at + 1)) {
    if (since(other) && resets(other, event)) return "a TCP reset";
  }
  return null;
}

/** `ICMP_3_1`: type and code of the error that was made about a packet. */
function icmpErrorText({ sentIcmpType, sentIcmpCode }: Sighting): string {
  return sentIcmpType === undefined ? "of an unknown kind" : `ICMP_${sentIcmpType}_${sentIcmpCode}`;
}

/** Addresses and ports of the packet as an error about it quotes them. */
const endsOf = (event: Sighting) =>
  event.tunnelKind === undefined
    ? [event.source, event.destination, event.sourcePort, event.destinationPort] as const
    : [
      event.tunnelSource,
      event.tunnelDestination,
      event.tunnelSourcePort,
      event.tunnelDestinationPort,
    ] as const;

function quotes(error: Sighting, event: Sighting): boolean {
  const own = endsOf(event);
  const told = [
    error.quotedSource,
    error.quotedDestination,
    error.quotedSourcePort,
    error.quotedDestinationPort,
  ];
  // An echo's identifier stands where ports do.
  const ports = event.protocol === TCP || event.protocol === UDP || event.tunnelKind !== undefined;
  return told[0] !== undefined && own.slice(0, ports ? 4 : 2).every((part, i) => part === told[i]);
}

function resets(other: Sighting, event: Sighting): boolean {
  return other.protocol === TCP && hasFlag(other, TCP_FLAGS.rst) &&
    other.source === event.destination && other.destination === event.source &&
    other.sourcePort === event.destinationPort && other.destinationPort === event.sourcePort;
}
