/** A route or a routing rule that refuses packets. */
import { isRouteFailure } from "../../kernel/routing.ts";
import { possibleRefusal, refuses, routeText, selectorsText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { eventEvidence, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { queryOf, routeFor } from "../shared/tables.ts";
import { routeRemedy } from "../shared/route_remedy.ts";

/** The route or rule for its destination refuses. */
export const routeRefuses: Rule = {
  id: "R2",
  statement:
    "Died in the routing decision, and the tables as read choose a blackhole, unreachable or " +
    "prohibit route, or such a rule: `route-blackhole`. Likely, when that takes a rule about " +
    "marks or ports, and the tables have a way for all else; proven where the mark is told that the " +
    "packet died with.",
  yields: ["route-blackhole"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isRouteFailure(event)) return null;
    const answer = refusalFor(subject);
    if (!answer) return null;
    const { route, rule } = answer;
    const text = route
      ? `${routeText(route)}`
      : `rule ${rule!.priority}: ${rule!.action}${selectorsText(rule!)}`;
    return cause(
      "route-blackhole",
      answer.certain ? "proven" : "likely",
      `the route for ${wireDestination(event)} in ${
        netnsName(subject.node, subject.netns)
      } on ${subject.node.name} refuses packets: ${text}`,
      [eventEvidence(subject), stateEvidence(subject.node, text)],
      routeRemedy({
        ...{ node: subject.node, netns: subject.netns, state: subject.before },
        ...{ query: queryOf(subject), answer },
      }),
    );
  },
};

/**
 * The route or rule that refused it, by the tables. Where the tables have a way and the kernel found
 * none, it may be a rule about marks or ports, which the tables' answer leaves out.
 */
function refusalFor(subject: Case) {
  const answer = routeFor(subject);
  if (!answer) return null;
  const { route, rule, certain } = answer;
  if (route ? refuses(route) : rule !== null && rule.action !== "lookup") return answer;
  return certain || !route ? null : possibleRefusal(subject.before!, queryOf(subject));
}
