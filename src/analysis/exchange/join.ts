/** Which flows are one exchange: answers joined to their question by the client's end. Rule X1. */
import type { Gap } from "../../event/gaps.ts";
import type { Form } from "../correlate/identity.ts";
import {
  hasFlag,
  ICMP,
  ICMP6,
  isAssociationRequest,
  isConnectRequest,
  isEchoReply,
  isEchoRequest,
  SCTP,
  TCP,
  TCP_FLAGS,
  UDP,
} from "../kernel/protocols.ts";
import { asksByClientPort } from "../verdict/directions.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { before, EVER, gapOf, PACKET_SCRIPTS, type Span } from "../view/coverage.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { isForDhcpClient } from "../verdict/dhcp.ts";
import { isToAll } from "../verdict/to_all.ts";
import { questionThatArrivedAs } from "./arrived_as.ts";
import type { Joined } from "./exchange.ts";
import { isTakenByTunnel } from "./tunnel_ports.ts";
import { type Likeness, likenessOf } from "./udp_answers.ts";
import { type Asides, errorsAbout, type Quotable } from "../view/evidence.ts";

const firstOf = (judgement: Judgement): Sighting => judgement.steps[0]!.event;

/**
 * [X1] Every question of an incident with its answers. A flow that answers in a form asked is joined
 * by G3 already. Others are joined when they go to the client's end and the protocol says that they
 * answer: TCP acknowledges the question's sequence number, or a bare reset has the number that the
 * question acknowledged, an echo reply has its id and sequence
 * number, UDP comes within 30 s from who can mean it (`likenessOf`), and only one question can be meant.
 * So are the answers to a question as something without a probe translated it.
 */
export function joinExchanges(
  flows: readonly FlowGroup[],
  evidence: Asides,
): Omit<Joined, "network">[] {
  const questions = flows.filter(asks);
  const byClient = new Map<string, FlowGroup[]>();
  for (const question of questions) {
    for (const key of new Set([...question.forms.values()].map(clientKey))) {
      add(byClient, key, question);
    }
  }
  const joined = new Map<FlowGroup, FlowGroup[]>();
  const perhaps = new Map<FlowGroup, FlowGroup[]>();
  const strays = new Set<FlowGroup>();
  for (const flow of flows) {
    if (!mayAnswer(flow)) continue;
    const likely = candidates(flow, byClient)
      .map((question) => ({ question, likeness: answers(flow, question) }));
    const asked = likely.filter(({ likeness }) => likeness === "yes")
      .map(({ question }) => question);
    const question = onlyOne(flow, asked);
    if (!question) {
      for (const { question, likeness } of likely) {
        if (likeness !== "no") add(perhaps, question, flow);
      }
      continue;
    }
    strays.add(flow);
    add(joined, question, flow);
  }
  const arrivals = new Map<FlowGroup, FlowGroup>();
  for (const flow of questions) {
    if (strays.has(flow)) continue;
    const question = questionThatArrivedAs(flow, byClient.get(clientKey(flow.form)) ?? []);
    if (!question || strays.has(question) || arrivals.has(question)) continue;
    strays.add(flow);
    arrivals.set(question, flow);
  }
  return questions.filter((question) => !strays.has(question)).map((question) => {
    const arrivedAs = arrivals.get(question);
    const asked = arrivedAs ? [question, arrivedAs] : [question];
    const answers = asked.flatMap((flow) => [
      ...(flow.reply ? [flow.reply] : []),
      ...joined.get(flow) ?? [],
    ]);
    return {
      question,
      answers,
      ...(arrivedAs ? { arrivedAs } : {}),
      perhaps: perhaps.get(question) ?? [],
      missing: missingOf([...asked, ...answers]),
      errors: asked.flatMap(({ forms }) =>
        errorsAbout(evidence, [...forms.values()].map(quotable))
      ),
      evidence,
    };
  });
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/**
 * A translation whose event is missing would make an answer look as if it came from elsewhere, and
 * what ends a connection may come at any time. What was before its first packet matters only where
 * that does not begin it.
 */
function missingOf(flows: readonly FlowGroup[]): Gap | null {
  const firsts = new Map<NodeView, number>();
  for (const { packets } of flows) {
    for (const { packet } of packets) {
      for (const { node, events } of packet.chains) {
        const { at } = events[0]!;
        if (!(firsts.get(node)! <= at)) firsts.set(node, at);
      }
    }
  }
  const begins = flows.some(({ form, packets }) =>
    form.protocol !== TCP || packets.some((packet) => isConnectRequest(firstOf(packet)))
  );
  // In the order of names: of several gaps the same one is told, however the events came.
  for (const [node, at] of [...firsts].sort(([a], [b]) => a.name < b.name ? -1 : 1)) {
    const when: Span | typeof EVER = begins ? { ...before({ node, at }), to: Infinity } : EVER;
    const gap = gapOf(node, PACKET_SCRIPTS, when);
    if (gap) return gap;
  }
  return null;
}

/** It may be a question: nothing shows that it answers another flow, and its other end is one host. */
function asks(flow: FlowGroup): boolean {
  if (flow.request) return false;
  // What goes to all is asked of nobody in particular, and what DHCP says to one was asked so.
  if (isToAll(flow) || isForDhcpClient(flow.form)) return false;
  switch (flow.form.protocol) {
    case TCP:
      if (flow.packets.some((packet) => isConnectRequest(firstOf(packet)))) return true;
      // It may be the middle of a connection, but no bare answer or reset, and no server's side of it
      // whose client was not told of.
      return asksByClientPort(flow) !== false &&
        !flow.packets.every((packet) => isReaction(firstOf(packet)));
    case UDP:
      return flow.packets.some((packet) => firstOf(packet).destinationPort !== undefined) &&
        !isTakenByTunnel(flow);
    case SCTP:
      return flow.packets.some((packet) => isAssociationRequest(firstOf(packet)));
    case ICMP:
    case ICMP6:
      return flow.packets.some((packet) => isEchoRequest(firstOf(packet)));
    default:
      return false;
  }
}

/** A segment that only follows another one: the answer to a SYN, or a reset. */
function isReaction(event: Sighting): boolean {
  const isAnswer = hasFlag(event, TCP_FLAGS.syn) && hasFlag(event, TCP_FLAGS.ack);
  return isAnswer || hasFlag(event, TCP_FLAGS.rst);
}

/** No question of its own: nothing in it asks, and what it is joined with by G3 only reacts to it. */
function mayAnswer(flow: FlowGroup): boolean {
  if (flow.request) return false;
  switch (flow.form.protocol) {
    case TCP:
      if (flow.packets.some((packet) => isConnectRequest(firstOf(packet)))) return false;
      return flow.reply === undefined ||
        flow.reply.packets.every((packet) => hasFlag(firstOf(packet), TCP_FLAGS.rst));
    case UDP:
      return flow.reply === undefined;
    case ICMP:
    case ICMP6:
      return flow.packets.every((packet) => isEchoReply(firstOf(packet)));
    default:
      return false;
  }
}

/** The client's end of a question: where its answers go, whoever sends them. */
function clientKey({ protocol, source, sourcePort, icmpId }: Form): string {
  return `${protocol} ${source} ${sourcePort ?? icmpId ?? ""}`;
}

/** The end where an answer goes, as `clientKey` spells it. */
const answeredKey = ({ protocol, destination, destinationPort, icmpId }: Form): string =>
  `${protocol} ${destination} ${destinationPort ?? icmpId ?? ""}`;

/**
 * By which ends a flow may be of one exchange with others: where its answers go if it asks, and where
 * it goes if it may answer. Flows of different families are joined only where the client's end of one that asks is
 * among the ends of the other.
 */
export interface Ends {
  asks: string[];
  answers: string[];
}

/** The ends of one flow. */
export const endsOf = (flow: FlowGroup): Ends => ({
  asks: asks(flow) ? [...flow.forms.values()].map(clientKey) : [],
  answers: mayAnswer(flow) ? [...flow.forms.values()].map(answeredKey) : [],
});

function candidates(flow: FlowGroup, byClient: Map<string, FlowGroup[]>): FlowGroup[] {
  const found = new Set<FlowGroup>();
  for (const form of flow.forms.values()) {
    const key = answeredKey(form);
    for (const question of byClient.get(key) ?? []) if (question !== flow) found.add(question);
  }
  return [...found];
}

/** Whether the protocol says that this flow answers that question. */
function answers(flow: FlowGroup, question: FlowGroup): Likeness {
  switch (flow.form.protocol) {
    case TCP:
      return acknowledges(flow, question) ? "yes" : "no";
    case UDP:
      return likenessOf(flow, question);
    default:
      return hasItsNumbers(flow, question) ? "yes" : "no";
  }
}

function acknowledges(flow: FlowGroup, question: FlowGroup): boolean {
  const expected = new Set<number>();
  const acknowledged = new Set<number>();
  for (const packet of question.packets) {
    const event = firstOf(packet);
    if (event.tcpSequence === undefined) continue;
    if (hasFlag(event, TCP_FLAGS.ack)) acknowledged.add(event.tcpAcknowledgement ?? -1);
    const length = (event.payload ?? 0) + Number(hasFlag(event, TCP_FLAGS.syn)) +
      Number(hasFlag(event, TCP_FLAGS.fin));
    if (length > 0) expected.add((event.tcpSequence + length) >>> 0);
  }
  return flow.packets.some((packet) => {
    const event = firstOf(packet);
    // A host without such a connection resets with the number that the segment acknowledged.
    if (!hasFlag(event, TCP_FLAGS.ack)) {
      return hasFlag(event, TCP_FLAGS.rst) && acknowledged.has(event.tcpSequence ?? -2);
    }
    return event.tcpAcknowledgement !== undefined && expected.has(event.tcpAcknowledgement);
  });
}

function hasItsNumbers(flow: FlowGroup, question: FlowGroup): boolean {
  const asked = new Set(question.packets.map((packet) => firstOf(packet).icmpSequence));
  return flow.packets.some((packet) => asked.has(firstOf(packet).icmpSequence));
}

/**
 * The one question that can be meant. TCP and ICMP carry numbers, so that any that fits is it; of
 * several UDP questions from one port only one that went to the answering end, or one without an
 * answer yet when all others have theirs.
 */
function onlyOne(flow: FlowGroup, asked: readonly FlowGroup[]): FlowGroup | undefined {
  if (asked.length <= 1) return asked[0];
  const sources = new Set(
    [...flow.forms.values()].map(({ source, sourcePort }) => `${source} ${sourcePort ?? ""}`),
  );
  const wentThere = asked.filter(({ forms }) =>
    [...forms.values()].some(({ destination, destinationPort }) =>
      sources.has(`${destination} ${destinationPort ?? ""}`)
    )
  );
  if (wentThere.length === 1) return wentThere[0];
  const open = asked.filter(({ reply }) => reply === undefined);
  return open.length === 1 ? open[0] : undefined;
}

const quotable = (
  { source, destination, protocol, sourcePort, icmpId, destinationPort }: Form,
): Quotable => ({
  ...{ source, destination, protocol, destinationPort },
  sourcePort: sourcePort ?? icmpId,
});
