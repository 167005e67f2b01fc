/** [O10] An echo request over IPv6 that was answered, although the kernel freed it as a drop. */
import { isEchoReply } from "../kernel/protocols.ts";
import { isUnansweredEcho6 } from "../kernel/sockets.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import type { Sighting } from "../view/timeline.ts";

/** The kernel makes the answer before it frees the request, which takes no longer. */
const ANSWER_NS = 1e9;

/**
 * Before Linux 6.3 `icmpv6_rcv` frees every echo request as a drop without a reason, and the one that it answered
 * as well. Its answer, with its id and number, was seen in the same namespace: it arrived. So it did where
 * IPsec (ESP, AH) wrapped what was sent back right before.
 */
export function isAnsweredEcho6(event: Sighting): boolean {
  const { node, netns, at, kind } = event;
  if (kind !== "drop" || netns === undefined || !isUnansweredEcho6(event)) return false;
  return isAnsweredSealed(event, netns) || concludedFrom(
    node,
    repliesMade,
    keyOf(netns, event.source, event.destination, event),
    `answered ${at}`,
    (replies) => replies.some((reply) => Math.abs(reply.at - at) <= ANSWER_NS),
  );
}

const isAnsweredSealed = ({ node, source, destination, at }: Sighting, netns: number): boolean =>
  concludedFrom(
    node,
    sealedSent,
    `${netns} ${source} ${destination}`,
    `sealed ${at}`,
    (sent) => sent.some((each) => each.at <= at && at - each.at <= ANSWER_NS),
  );

/** ESP and AH. */
const SEALS: readonly (number | undefined)[] = [50, 51];

const sealedSent = finding((event) =>
  event.kind === "device-tx" && event.netns !== undefined && SEALS.includes(event.protocol)
    ? `${event.netns} ${event.destination} ${event.source}`
    : undefined
);

const repliesMade = finding((event) =>
  isEchoReply(event) && event.netns !== undefined
    ? keyOf(event.netns, event.destination, event.source, event)
    : undefined
);

const keyOf = (
  netns: number,
  asker: string | undefined,
  asked: string | undefined,
  { icmpId, icmpSequence }: Sighting,
) => `${netns} ${asker} ${asked} ${icmpId} ${icmpSequence}`;
