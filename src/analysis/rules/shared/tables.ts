/** What the routing tables where a packet ended, as read on that node, answer for it. */
import { routedMark } from "../../netfilter/routed_mark.ts";
import { lookUpRoute, vrfTableOf } from "../../view/routing.ts";
import type { Case } from "../case.ts";
import { wireDestination, wireSource } from "../evidence.ts";
import { isIncomplete } from "../../view/state_view.ts";

/** What the routing tables are asked for the packet. */
export const queryOf = (subject: Case) => ({
  source: wireSource(subject.event),
  destination: wireDestination(subject.event),
  ...(subject.device ? { inputDevice: subject.device } : {}),
  ...vrfOf(subject),
  ...markOf(subject),
});

function vrfOf({ before, link }: Case): { vrfTable?: number } {
  const vrfTable = before ? vrfTableOf(before, link) : undefined;
  return vrfTable === undefined ? {} : { vrfTable };
}

/** The one that rules gave it. Without one it may have another, that nothing read here tells of. */
function markOf(subject: Case): { mark?: number } {
  const mark = subject.before ? routedMark(subject, subject.before) : undefined;
  return mark ? { mark } : {};
}

const hasTables = ({ before }: Case) =>
  before !== null && !isIncomplete(before, ["routes", "rules"]);

/** The answer of the tables, or null where they were not all read. */
export function routeFor(subject: Case) {
  return hasTables(subject) ? lookUpRoute(subject.before!, queryOf(subject)) : null;
}

/** The packet is IPv6 on the wire. */
export const isSix = (subject: Case) => wireDestination(subject.event).includes(":");
