/** A destination that no table has a way to. */
import { isRouteFailure, saysNoRoute } from "../../kernel/routing.ts";
import { contains } from "../../view/address.ts";
import { expiredText, listedText, withoutExpired } from "../../view/expired_routes.ts";
import { lookUpRoute, vrfOf } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { eventEvidence, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { carries, causeOfDown, type DownEnd, downEnds } from "../shared/carrier.ts";
import { queryOf, routeFor } from "../shared/tables.ts";
import { routeRemedy } from "../shared/route_remedy.ts";

/** There is no route for its destination. */
export const noRoute: Rule = {
  id: "R3",
  statement:
    "The kernel says that no route was found, or the tables as read have none: `no-route`; " +
    "`link-down` when a device that is down has the destination's network, or had the way. Where only a route " +
    "of a router's advertisements is listed whose lifetime is over, the kernel uses none, and that is said, likely: a " +
    "later advertisement may have prolonged it, which the kernel tells nobody.",
  yields: ["no-route", "link-down"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isRouteFailure(event)) return null;
    const named = saysNoRoute(event);
    const { answer, expired } = answerFor(subject);
    const empty = answer !== null && answer.route === null &&
      (answer.rule === null || answer.rule.action === "lookup");
    // IPv6 gives this reason also for a route that refuses. Without the tables it may be either.
    const unsure = answer === null && wireDestination(event).includes(":");
    if (unsure || (!named && !empty)) return null;
    if (named && answer?.route && answer.certain && !isDown(subject, answer.route.device)) {
      return null;
    }
    const down = lostWithLink(subject);
    if (down.length > 0) return causeOfDown(subject, down);
    const destination = wireDestination(event);
    const where = `${netnsName(subject.node, subject.netns)} on ${subject.node.name}`;
    const vrf = subject.before ? vrfOf(subject.before, queryOf(subject)) : undefined;
    const inVrf = vrf ? ` in VRF ${vrf.name}` : "";
    const evidence = [
      eventEvidence(subject),
      ...expired.map((route) => stateEvidence(subject.node, listedText(route, event.timeNs))),
    ];
    if (empty) {
      const other = expired.length > 0 ? "other " : "";
      evidence.push(
        stateEvidence(subject.node, `no ${other}route in ${where} matches ${destination}${inVrf}`),
      );
    }
    return cause(
      "no-route",
      expired.length === 0 && (named || answer?.certain) ? "proven" : "likely",
      `${where} has no route to ${destination}${inVrf}${expiredText(expired)}`,
      evidence,
      routeRemedy({
        ...{ node: subject.node, netns: subject.netns, state: subject.before },
        ...{ query: queryOf(subject), answer, expired },
      }),
    );
  },
};

/** What the tables said, without what had expired where the kernel says that it found no route. */
function answerFor(subject: Case) {
  const answer = routeFor(subject);
  const { event, before } = subject;
  if (!before || !answer?.route || !saysNoRoute(event)) return { answer, expired: [] };
  const query = queryOf(subject);
  const { state, expired } = withoutExpired(before, query.destination, event.timeNs, [
    answer.route.table,
  ]);
  return { answer: expired.length > 0 ? lookUpRoute(state, query) : answer, expired };
}

/** A device that is down takes its routes with it: the one that has the network, or once had the way. */
function lostWithLink(subject: Case): DownEnd[] {
  const { destination } = queryOf(subject);
  const readings = subject.node.states.get(subject.netns ?? -1) ?? [];
  const ways = new Set(
    readings.map(({ state }) => lookUpRoute(state, queryOf(subject)).route?.device),
  );
  const lost = subject.before?.links.find((link) =>
    !carries(link) && (ways.has(link.name) ||
      link.addresses.some((own) => contains(`${own.address}/${own.prefix}`, destination)))
  );
  return lost ? downEnds(subject, lost) : [];
}

function isDown(subject: Case, device: string | undefined): boolean {
  const link = subject.before?.links.find((other) => other.name === device);
  return link !== undefined && !link.flags.includes("LOWER_UP");
}
