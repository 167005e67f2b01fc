/** Requests that arrived and were never answered. */
import { isConnectRequest } from "../kernel/protocols.ts";
import { isUnansweredEcho6 } from "../kernel/sockets.ts";
import { TCP } from "../correlate/identity.ts";
import { deviceEvent } from "../correlate/steps.ts";
import { lookUpRoute, refusalFix, refuses, routeText } from "../view/routing.ts";
import type { Sighting } from "../view/timeline.ts";
import { netnsName } from "../view/state_view.ts";
import { type Case, cause, command, eventEvidence, type Rule, stateEvidence } from "./rule.ts";

/** [R44] The kernel takes a SYN it has no room for without calling it a drop. */
export const acceptQueueFull: Rule = {
  id: "R44",
  title: "the listener's accept queue is full",
  judge(found) {
    const { event } = found;
    if (event.protocol !== TCP || !isConnectRequest(event)) return null;
    const full = (found.node.states.get(found.netns ?? -1) ?? [])
      .map(({ state }) => listenerOf(state.sockets, event.destinationPort))
      .find((socket) =>
        socket !== undefined && socket.receiveQueue !== undefined &&
        socket.sendQueue !== undefined && socket.receiveQueue > socket.sendQueue
      );
    if (!full) return null;
    const where = `${netnsName(found.node, found.netns)} on ${found.node.name}`;
    return cause(
      "accept-queue-full",
      "likely",
      `the accept queue of the listener at port ${full.port} in ${where} is full: its application does not accept, so SYNs get no answer`,
      [
        eventEvidence(found),
        stateEvidence(
          found.node,
          `listener ${full.address}:${full.port}: ${full.receiveQueue} waiting to be accepted, limit ${full.sendQueue}`,
        ),
      ],
      [command(found.node, found.netns, `ss -lntp 'sport = :${full.port}'`)],
    );
  },
};

function listenerOf(sockets: NonNullable<Case["before"]>["sockets"], port: number | undefined) {
  return sockets.find((socket) =>
    socket.protocol === "tcp" && socket.state === "LISTEN" && socket.port === port
  );
}

/** An answer is looked up at once when the kernel makes it, later when a program does. */
const ANSWER_NS = 2e9;

/** Other conversations with the same host look it up, too. */
const isFor = ({ protocol, destinationPort }: Sighting, event: Sighting) =>
  (protocol === undefined || protocol === event.protocol) &&
  (destinationPort === undefined || destinationPort === event.sourcePort);

/** [R45] */
export const answerHasNoRoute: Rule = {
  id: "R45",
  title: "the answer has no route",
  judge(found) {
    const { event } = found;
    // The kernel answers an echo before it frees it: what counts is when it came in.
    const since = deviceEvent(found.judgement.end.step).at;
    const failed = found.evidence.filter((other) =>
      other.kind === "route" && other.node === event.node && other.netns === found.netns &&
      other.destination === event.source && isFor(other, event) && other.at >= since &&
      other.at - since < ANSWER_NS
    );
    if (failed.length === 0 || !found.before) return null;
    const destination = event.source!;
    const answer = lookUpRoute(found.before, { destination });
    const { route, rule, certain } = answer;
    if (route !== null && !refuses(route)) return null;
    const where = `${netnsName(found.node, found.netns)} on ${found.node.name}`;
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
        eventEvidence(found),
        {
          node: event.node.name,
          kind: "event",
          text: `the routing lookup for ${event.source} failed with error ${failed[0]!.routeError}`,
        },
        stateEvidence(found.node, refusal ?? `no route in ${where} matches ${event.source}`),
      ],
      [
        command(
          found.node,
          found.netns,
          refusalFix(destination, answer) ?? `ip route add ${destination} via GATEWAY`,
        ),
      ],
    );
  },
};

/** IPv6 frees an echo request that it could not answer as a drop without a reason. */
export const echoNotAnswered: Rule = {
  ...answerHasNoRoute,
  judge(found) {
    const { event } = found;
    return event.kind === "drop" && isUnansweredEcho6(event) ? answerHasNoRoute.judge(found) : null;
  },
};

export const unansweredRules: Rule[] = [answerHasNoRoute, acceptQueueFull];
