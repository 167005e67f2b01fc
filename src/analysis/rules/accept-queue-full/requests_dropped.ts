/** A SYN without an answer, while its listener counted connection requests that it dropped. */
import type { NetnsState } from "../../../event/state.ts";
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import { sysctl } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { named } from "../word.ts";

/** Names of the settings that bound how many connections may be half open. */
const COOKIES = "net.ipv4.tcp_syncookies";
const BACKLOG = "net.ipv4.tcp_max_syn_backlog";

/**
 * The queue of half-open connections (SYN queue) was full, or the accept queue was at a moment that no
 * reading saw. The kernel takes the SYN without calling that a drop, but counts it at the listener, and
 * only there (`tcp_listendrop`): so it counts what a route refuses to bring
 * back (then nothing is said). Which of the requests it counted is not told: `likely`.
 */
export const requestsDropped: Rule = {
  id: "R143",
  statement:
    "A SYN that arrived and was never answered, although no route refuses what goes back, and its listener counted more dropped connection " +
    "requests in the reading after it than in the one before: `accept-queue-full`, `likely`. With SYN " +
    "cookies off and room in the accept queue in both readings it was the queue of half-open connections.",
  yields: ["accept-queue-full"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (event.protocol !== TCP || !isConnectRequest(event) || !before || !after) return null;
    const port = event.destinationPort;
    const counts = [before, after].map((state) => listenersOf(state, port));
    const [earlier, later] = counts.map((listeners) => sum(listeners.map(({ drops }) => drops)));
    if (earlier === undefined || later === undefined || later <= earlier) return null;
    // What a route or rule refuses to bring back is counted there as well: no answer can be made.
    const { route, rule } = lookUpRoute(before, {
      destination: wireSource(event),
      source: wireDestination(event),
    });
    if (route ? refuses(route) : rule !== null) return null;
    const hasRoom = counts.flat().every(({ receiveQueue = 0, sendQueue = 0 }) =>
      receiveQueue <= sendQueue
    );
    const isHalfOpen = hasRoom && sysctl(before, COOKIES) === "0" && sysctl(after, COOKIES) === "0";
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const queue = isHalfOpen
      ? "its queue of half-open connections was full, and SYN cookies are off"
      : "its accept queue, or that of half-open connections, had no room";
    return cause(
      "accept-queue-full",
      "likely",
      `the listener at port ${port} in ${where} dropped connection requests about then ` +
        `(${later - earlier}): ${queue}`,
      [
        eventEvidence(subject),
        stateEvidence(node, `listeners at port ${port}: ${earlier} dropped before, ${later} after`),
        ...(isHalfOpen
          ? [stateEvidence(node, `${COOKIES} = 0, ${BACKLOG} = ${sysctl(after, BACKLOG) ?? "?"}`)]
          : []),
      ],
      [
        ...command(node, netns, ["ss", "-lntm", `sport = :${port}`]),
        ...(isHalfOpen ? command(node, netns, ["sysctl", named(COOKIES)]) : []),
      ],
    );
  },
};

const listenersOf = ({ sockets }: NetnsState, port: number | undefined) =>
  sockets.filter((socket) =>
    socket.protocol === "tcp" && socket.state === "LISTEN" && socket.port === port
  );

/** Undefined where one is not known, or there is none. */
const sum = (values: readonly (number | undefined)[]): number | undefined =>
  values.length === 0 || values.some((value) => value === undefined)
    ? undefined
    : values.reduce<number>((total, value) => total + value!, 0);
