/** An answer that came back to the host which had translated its question, and was not translated back. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import { hasFlag, ICMP, ICMP6, isEchoReply, TCP, TCP_FLAGS, UDP } from "../../kernel/protocols.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../../kernel/sockets.ts";
import { concludedFrom, finding } from "../../view/finding.ts";
import { netnsName } from "../../view/netns_names.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, stateEvidence } from "../evidence.ts";
import { askedFromThere } from "../no-listener/asked_elsewhere.ts";
import { cause, type Rule } from "../rule.ts";
import { longerTimeout } from "../shared/longer_timeout.ts";
import { askerBehind } from "./translated_asker.ts";

/**
 * The host has the address that it translated the question's source to, so that an answer which no entry
 * knows is for the host itself, where no socket waits for it.
 *
 * What else looks like it: a client of this very host, whose socket is gone (what it sent was not
 * translated, or came from an address of this host); a port that both have used (the later one counts).
 */
export const replyToTranslator: Rule = {
  id: "R191",
  statement:
    "Freed for want of a socket, on a host that sent the question from there last with the source " +
    "translated, for another host: `reply-not-translated`, likely. With the time-out of connection tracking " +
    "where nothing passed for longer than it, as far as its setting was read.",
  yields: ["reply-not-translated"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    const isPort = event.protocol === TCP || event.protocol === UDP;
    if (!isPort && !isEchoReply(event)) return null;
    if (subject.judgement.end.kind === "taken") return null;
    if (!saysNoSocket(event) && !isSocketLookupWithoutReason(event)) return null;
    const asked = askedFromThere(subject, "asked", isAsked);
    const from = askerBehind(subject, asked);
    if (!asked || !from) return null;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const own = endPoint(asked.source!, asked.sourcePort);
    const idle = timedOut(subject, asked);
    return cause(
      "reply-not-translated",
      "likely",
      `the answer of ${
        endPoint(event.source!, event.sourcePort)
      } came back to ${own}, which ${where} had ` +
        `translated the question of ${endPoint(from.source, from.sourcePort)} to, and was not ` +
        "translated back, and no socket there takes it: connection tracking did not know its " +
        `connection${idle?.text ?? ""}`,
      [
        eventEvidence(subject),
        {
          node: node.name,
          kind: "event",
          text: `${packetText(asked)} was sent ${millis(event.at - asked.at)} ms before, for ${
            endPoint(from.source, from.sourcePort)
          }`,
        },
        ...idle?.evidence ?? [],
      ],
      idle?.remedy,
    );
  },
};

/** The reset that a host sends for what no socket of its takes is no question. */
const isAsked = (event: Sighting): boolean => !hasFlag(event, TCP_FLAGS.rst);

const millis = (ns: number): number => Math.round(ns / 1e6);

const SETTING = "net.netfilter.nf_conntrack_";
const TIMEOUTS: Record<number, string> = {
  [TCP]: "tcp_timeout_established",
  [ICMP]: "icmp_timeout",
  [ICMP6]: "icmpv6_timeout",
};

/** Longer than an entry of such a connection lives without a packet. */
function timedOut(subject: Case, asked: Sighting): {
  text: string;
  evidence: Evidence[];
  remedy: string[];
} | null {
  const { event, node, netns, before: state } = subject;
  const name = `${SETTING}${TIMEOUTS[event.protocol ?? -1] ?? "udp_timeout"}`;
  const value = sysctl(state, name);
  const seconds = Number(value);
  const idle = event.at - asked.at;
  // An answer that passed gives an entry of UDP a longer life, by a setting of its own.
  if (value === undefined || !(idle >= seconds * 1e9) || hasPassed(subject, asked)) return null;
  return {
    text: ` any more, since nothing of it had passed for ${
      millis(idle)
    } ms, and ${name} is ${seconds} s`,
    evidence: [stateEvidence(node, `${name} = ${seconds}`)],
    remedy: longerTimeout({ node, netns, state }, name, idle / 1e9),
  };
}

/**
 * Something of the connection passed this host after the question; of UDP an answer at any time, since
 * its entry lives by another setting then.
 */
const hasPassed = ({ event, node, netns }: Case, asked: Sighting): boolean =>
  concludedFrom(
    node,
    sentOf,
    keyOf(netns, asked),
    `after ${asked.at} ${event.at}`,
    (sent) =>
      sent.some(({ at, conntrackDirection }) =>
        at < event.at &&
        (at > asked.at || (event.protocol === UDP && conntrackDirection === "reply"))
      ),
  );

const keyOf = (netns: number | undefined, event: Sighting) =>
  `${netns} ${event.protocol} ${event.conntrackSource} ${event.conntrackSourcePort} ` +
  `${event.conntrackDestination} ${event.conntrackDestinationPort}`;

/** What was sent, by namespace and connection. */
const sentOf = finding((event) =>
  event.kind === "device-tx" && event.conntrackSource !== undefined
    ? keyOf(event.netns, event)
    : undefined
);
