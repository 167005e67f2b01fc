/** Packets and questions that an old entry of connection tracking sent to the wrong end. */
import { destinationGone } from "../destination-gone/destination_gone.ts";
import { errorFromOutside } from "../no-route/told_by_router.ts";
import { macOfNobody } from "../destination-mac-mismatch/mac_of_nobody.ts";
import { neighbourUnresolved } from "../neighbour-unresolved/unresolved.ts";
import { noListener } from "../no-listener/no_listener.ts";
import { noRoute } from "../no-route/no_route.ts";
import { routeRefuses } from "../route-blackhole/route_refuses.ts";
import { leftObserved } from "../left-observed-network/left_observed.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { eventEvidence, packetText } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { staleEntryOf } from "./stale_entry.ts";

/** How a packet dies that went to an end that is not there any more. */
const GONE: readonly Rule[] = [
  destinationGone,
  neighbourUnresolved,
  noRoute,
  routeRefuses,
  noListener,
  errorFromOutside,
  leftObserved,
  macOfNobody,
];

/**
 * A packet died, or was lost from sight, where its old end is not.
 *
 * What else looks like it: rules that choose one of several ends by chance or by affinity (any of
 * them counts as led to); rules changed between two readings (both readings must not lead there, and
 * the entry be older than the packet); rules that can't be followed to their end (no answer then); a
 * policy that drops on the way to an old end that is still there (it dies in another way).
 */
export const staleEntry: Rule = {
  id: "R85",
  statement:
    "Translated to an end to which no rule leads, as all of them were read before and after the " +
    "packet, while they lead to others, by a connection that is in the list of conntrack or has seen " +
    "answers before, and died because that end is not there (no neighbour, no route, no listener, no such MAC, an " +
    "ICMP error): `stale-conntrack-entry`, proven when the list was read before the packet.",
  yields: ["stale-conntrack-entry"],
  judge(subject) {
    const stale = staleEntryOf(subject.judgement);
    if (!stale) return null;
    const why = GONE.map((rule) => rule.judge(subject)).find((found) => found !== null);
    if (!why) return null;
    return cause(
      "stale-conntrack-entry",
      stale.isRead ? "proven" : "likely",
      `${stale.text}: ${why.sentence}`,
      [eventEvidence(subject), ...stale.evidence, ...why.evidence.slice(1)],
      stale.remedy,
    );
  },
};

/**
 * A question arrived at an end that an old entry chose, and nothing came back.
 *
 * What else looks like it: a server that is only slow, or answers later (X-rules call that answered);
 * an answer that was lost on its way (the exchange is not silent then).
 */
export const staleEntryUnanswered: ExchangeRule = {
  id: "R86",
  statement:
    "A question that arrived where an old entry of connection tracking sent it (R85), and " +
    "nothing was sent back there: `stale-conntrack-entry`, likely; possible where what became of it " +
    "is not known and no answer was seen.",
  yields: ["stale-conntrack-entry"],
  find({ exchange }) {
    const isSilent = exchange.outcome === "unanswered" && exchange.silent === true;
    // Where what became of the question is not known, the entry that chose its way is told all the same.
    const isOpen = exchange.outcome === "unknown" && exchange.answers.length === 0;
    if (!isSilent && !isOpen) return null;
    const wanted = isSilent ? "delivered" : "unknown";
    const packet = exchange.question.packets.find(({ outcome }) => outcome === wanted);
    const stale = packet && staleEntryOf(packet);
    if (!packet || !stale) return null;
    const { event } = packet.end.step;
    return cause(
      "stale-conntrack-entry",
      isSilent ? "likely" : "possible",
      isSilent
        ? `${stale.text}; ${packetText(event)} arrived at its old end, and nothing was sent back`
        : `${stale.text}; no answer to ${packetText(event)} was seen`,
      [
        {
          node: event.node.name,
          kind: "event",
          text: `${packetText(event)} last seen as ${event.kind}`,
        },
        ...stale.evidence,
      ],
      stale.remedy,
    );
  },
};
