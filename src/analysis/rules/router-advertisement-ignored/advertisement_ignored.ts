/** A packet without a route, at a host that ignores its router's advertisements. */
import { noRoute } from "../no-route/no_route.ts";
import { eventEvidence, wireDestination } from "../evidence.ts";
import type { Rule } from "../rule.ts";
import { ignoredAdvertisement } from "./ignored.ts";

/**
 * No route, and an advertisement that would have brought one.
 *
 * What else looks like it: a host without any IPv6 router, whose settings are the same (so an
 * advertisement must have been seen); a router that offers no default route (so it is likely at most);
 * a firewall that drops the advertisement; a host that takes another router's.
 */
export const advertisementIgnored: Rule = {
  id: "R79",
  statement:
    "There is no IPv6 route (R3, G6), a router's advertisement was seen to come in, and `accept_ra` " +
    "and `forwarding` of that device make the kernel ignore it: `router-advertisement-ignored`, likely.",
  yields: ["router-advertisement-ignored"],
  judge(subject) {
    const { node, netns, before: state, evidence } = subject;
    const destination = wireDestination(subject.event);
    if (!destination.includes(":") || noRoute.judge(subject)?.code !== "no-route") return null;
    const found = ignoredAdvertisement({ node, netns, state, destination, evidence });
    return found && { ...found, evidence: [eventEvidence(subject), ...found.evidence] };
  },
};
