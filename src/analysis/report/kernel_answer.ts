/** Lookups for what the kernel itself answers a packet that it frees: an ICMP error, a reset. Rule G6. */
import { ICMP, ICMP6, TCP } from "../kernel/protocols.ts";
import { isSocketLookupWithoutReason, isUnansweredEcho6, saysNoSocket } from "../kernel/sockets.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import type { Sighting } from "../view/timeline.ts";

/** Whether a failed lookup was for such an answer, and for nothing that a program sends. */
export const isForAnswerOfKernel = (lookup: Sighting): boolean =>
  isForError(lookup) || isForReset(lookup);

/**
 * What the kernel answers so is freed so soon after it looked for a way for its answer, ns: 0.5 ms as a
 * rule, and 15 ms for the first one of an emulated machine.
 */
const ANSWER_NS = 20e6;

/**
 * Whether a lookup was for the ICMP error about a packet that was freed at once, on the same processor:
 * no program tried to send anything then. A ping at the same moment to whom that packet was from
 * would be taken for one.
 */
function isForError({ node, netns, cpu, protocol, destination, at }: Sighting): boolean {
  if (protocol !== ICMP && protocol !== ICMP6) return false;
  return concludedFrom(
    node,
    freedFrom,
    `${netns} ${destination}`,
    `error ${cpu} ${at}`,
    (freed) =>
      freed.some((other) =>
        other.cpu === cpu && other.at >= at && other.at - at < ANSWER_NS &&
        // That lookup was for the answer, which the kernel makes itself.
        !isUnansweredEcho6(other)
      ),
  );
}

/**
 * Whether a lookup was for the reset of a segment that no socket took, which was freed at once, on the
 * same processor: from the end that the lookup is for, to the one that it is from. A listener's answer
 * without a way is another matter: what it would answer is not freed as nobody's.
 */
function isForReset(lookup: Sighting): boolean {
  const { node, netns, cpu, protocol, source, destination, sourcePort, destinationPort, at } =
    lookup;
  if (protocol !== TCP || destinationPort === undefined) return false;
  return concludedFrom(
    node,
    freedFrom,
    `${netns} ${destination}`,
    `reset ${cpu} ${at} ${source} ${sourcePort} ${destinationPort}`,
    (freed) =>
      freed.some((other) =>
        other.cpu === cpu && other.at >= at && other.at - at < ANSWER_NS &&
        other.protocol === TCP && other.destination === source &&
        other.destinationPort === sourcePort && other.sourcePort === destinationPort &&
        (saysNoSocket(other) || isSocketLookupWithoutReason(other))
      ),
  );
}

/** What was freed as a drop, by namespace and source. */
const freedFrom = finding(({ kind, netns, source }) =>
  kind === "drop" && netns !== undefined && source !== undefined ? `${netns} ${source}` : undefined
);
