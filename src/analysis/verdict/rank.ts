/** How scarce telling of a packet may be until it is not told at every hop any more. Rule O22. */
import type { Packet } from "../correlate/packets.ts";

/**
 * [O22] The lowest rank that a probe told of it: it is told wherever packets of that rank are. Which of
 * several equal packets a sighting is of was decided by order, and their ranks need not be equal: any.
 */
export function rankOfPacket({ ambiguous, chains }: Packet): number {
  if (ambiguous) return 0;
  let least = Infinity;
  for (const { events } of chains) {
    for (const { rank } of events) if (rank !== undefined && rank < least) least = rank;
  }
  return least === Infinity ? 0 : least;
}
