/** A TTL or hop limit that ran out: it was too low, or the packet went in a circle. */
import { isInForwarding, mayBeForwardingOff6 } from "../../kernel/routing.ts";
import { eventEvidence, place, wireDestination } from "../evidence.ts";
import { causeOfLoop, loopedAt } from "../routing-loop/loop.ts";
import { cause, type Rule } from "../rule.ts";

/** Its TTL ran out. */
export const timeToLive: Rule = {
  id: "R6",
  statement:
    "Freed in forwarding with TTL 1 or less: `ttl-exceeded`; when it passed the same point " +
    "before with a higher TTL: `routing-loop`.",
  yields: ["ttl-exceeded", "routing-loop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isInForwarding(event)) return null;
    const ttl = event.tunnelKind ? event.tunnelTtl : event.ttl;
    if (ttl === undefined || ttl > 1) return null;
    // Where forwarding is off IPv6 frees in the same function: only state or a reason tells them apart.
    if (mayBeForwardingOff6(event) && !subject.before) return null;
    const repeated = loopedAt(subject);
    const evidence = [eventEvidence(subject, `TTL ${ttl}`)];
    if (!repeated) {
      return cause(
        "ttl-exceeded",
        "proven",
        `the TTL of the packet for ${wireDestination(event)} ran out at ${place(subject)}`,
        evidence,
      );
    }
    return causeOfLoop(subject, repeated, "proven", evidence);
  },
};
