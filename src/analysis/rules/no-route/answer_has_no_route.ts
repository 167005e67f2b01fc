/** A request that arrived, and whose answer has no way back. */
import { lookupsOf } from "../../view/evidence.ts";
import { deviceEvent } from "../../correlate/steps.ts";
import { isUnansweredEcho6 } from "../../kernel/sockets.ts";
import { askedVrf, lookUpRoute, refuses, routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Sighting } from "../../view/timeline.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { routeRemedy } from "../shared/route_remedy.ts";

/**
 * Longest time between a request and the lookup for its answer. The kernel answers at once (echo, a
 * reset), a program when it has read the request.
 */
const ANSWER_NS = 2e9;

/** The lookup is for an answer to this packet, not for another conversation with the same host. */
const isFor = ({ protocol, destinationPort }: Sighting, event: Sighting) =>
  (protocol === undefined || protocol === event.protocol) &&
  (destinationPort === undefined || destinationPort === event.sourcePort);

/** The lookup for the answer failed right after the request had come. */
export const answerHasNoRoute: Rule = {
  id: "R45",
  statement:
    "A request that arrived and was never answered, and the lookup for the answer failed " +
    "there: `no-route` or `route-blackhole`. IPv6 frees an echo request that it could not " +
    "answer as a drop without a reason: the same failed lookup explains it.",
  yields: ["no-route", "route-blackhole"],
  judge(subject) {
    const { event } = subject;
    // The kernel answers an echo request before it frees it, so time counts from when it came in.
    const since = deviceEvent(subject.judgement.end.step).at;
    const failed = lookupsOf(subject.evidence, event.source).filter((other) =>
      other.node === event.node && other.netns === subject.netns && isFor(other, event) &&
      other.at >= since &&
      other.at - since < ANSWER_NS
    );
    if (failed.length === 0 || !subject.before) return null;
    const destination = event.source!;
    const query = { destination, ...askedVrf(subject.before, failed) };
    const answer = lookUpRoute(subject.before, query);
    const { route, rule, certain } = answer;
    if (route !== null && !refuses(route)) return null;
    const where = `${netnsName(subject.node, subject.netns)} on ${subject.node.name}`;
    const refusal = route ? routeText(route) : rule && `rule ${rule.priority} ${rule.action}`;
    return cause(
      refusal ? "route-blackhole" : "no-route",
      certain ? "proven" : "likely",
      `${where} received it and could not answer: ${
        refusal
          ? `the route back refuses packets (${refusal})`
          : `it has no route to ${event.source}`
      }`,
      [
        eventEvidence(subject),
        {
          node: event.node.name,
          kind: "event",
          text: `the routing lookup for ${event.source} failed with error ${failed[0]!.routeError}`,
        },
        stateEvidence(subject.node, refusal ?? `no route in ${where} matches ${event.source}`),
      ],
      routeRemedy({
        ...{ node: subject.node, netns: subject.netns, state: subject.before },
        ...{ query, answer },
      }),
    );
  },
};

/** R45 for an echo request that IPv6 could not answer: it frees that as a drop without a reason. */
export const echoNotAnswered: Rule = {
  ...answerHasNoRoute,
  judge(subject) {
    const { event } = subject;
    return event.kind === "drop" && isUnansweredEcho6(event)
      ? answerHasNoRoute.judge(subject)
      : null;
  },
};
