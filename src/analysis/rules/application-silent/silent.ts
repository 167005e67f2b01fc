/** A program that has the question and says nothing. */
import { hasFlag, TCP, TCP_FLAGS, UDP } from "../../kernel/protocols.ts";
import type { Socket } from "../../../event/state.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { netnsName } from "../../view/netns_names.ts";
import { stateAfter } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";

/**
 * The host took the question, and its program sent nothing.
 *
 * What else looks like it: a client that sends, closes at once and reads nothing (it did not wait: none is
 * told); one that closes its half alone and reads on (it takes the answer); a protocol that needs no answer (an upload or a log over TCP: its server
 * closes when the client does; UDP says nothing of this kind, so that it takes unread bytes); a server
 * that thinks for longer than was watched (a second after the client gave up, three otherwise, and
 * then it is possible only); an answer that could not be sent (R45) or a full
 * accept queue (R44), which are asked first. Whether the program has accepted this very connection no
 * reading tells: connections that wait may be others, so what waits is told beside the verdict and
 * makes it no surer.
 */
export const applicationSilent: ExchangeRule = {
  id: "R93",
  statement:
    "The question was delivered, its host was watched without loss, and its program sent " +
    "nothing: `application-silent`. Over TCP, when the client's data was taken and the server neither " +
    "sent data nor closed before its client, likely when it did not close after it either, else " +
    "possible; where the client did not close, after 3 s. Over UDP " +
    "only when the socket has bytes that nobody reads.",
  yields: ["application-silent"],
  find({ exchange }) {
    if (!exchange.silent || exchange.outcome !== "unanswered") return null;
    const { form, question } = exchange;
    const arrived = question.packets.filter(({ outcome }) => outcome === "delivered").at(-1);
    if (!arrived) return null;
    const unread = socketOf(arrived)?.receiveQueue ?? 0;
    const { event } = arrived.end.step;
    const netns = arrived.steps.at(-1)!.event.netns ?? event.netns;
    const host = `${netnsName(event.node, netns)} on ${event.node.name}`;
    if (form.protocol === UDP && unread === 0) return null;
    if (form.protocol === TCP && !exchange.answeredBy) return null;
    if (form.protocol !== TCP && form.protocol !== UDP) return null;
    const port = event.destinationPort!;
    const isFin = ({ steps }: Judgement) => hasFlag(steps[0]!.event, TCP_FLAGS.fin);
    // One that closes when its client does reads, at least: it may be a protocol without answers.
    const follows = exchange.answers.some(({ packets }) => packets.some(isFin));
    const gaveUp = !follows &&
      question.packets.some(({ steps }) => hasFlag(steps[0]!.event, TCP_FLAGS.fin));
    const late = exchange.answers.flatMap(({ packets }) => packets).find(({ steps }) =>
      (steps[0]!.event.payload ?? 0) > 0
    );
    const tooLate = late ? " until the client had given up" : "";
    const text = unread > 0 ? `, and ${unread} bytes wait there to be read` : "";
    const listener = form.protocol === TCP ? listenerOf(arrived) : undefined;
    const waiting = listener?.receiveQueue ?? 0;
    return cause(
      "application-silent",
      unread > 0 || gaveUp ? "likely" : "possible",
      waiting > 0
        ? `the kernel took the question for the program at port ${port} in ${host}, which sent ` +
          `nothing, and ${connections(waiting)} there to be accepted`
        : `the program at port ${port} in ${host} has the question and sent nothing${tooLate}${text}`,
      [
        {
          node: event.node.name,
          kind: "event",
          text: `${packetText(event)} was delivered; nothing went back but acknowledgements${
            late ? " before the client closed" : ""
          }`,
        },
        ...(late
          ? [{
            node: event.node.name,
            kind: "event" as const,
            text: `${
              packetText(late.steps[0]!.event)
            } came after that, and the client refused it by a reset`,
          }]
          : []),
        ...(waiting > 0 ? [stateEvidence(event.node, queueText(listener!))] : []),
        ...(unread > 0 ? [stateEvidence(event.node, `its socket has ${unread} unread bytes`)] : []),
      ],
      command(event.node, netns, [
        "ss",
        `-${waiting > 0 ? "l" : ""}n${form.protocol === TCP ? "t" : "u"}p`,
        `sport = :${port}`,
      ]),
    );
  },
};

const connections = (count: number): string =>
  count === 1 ? "1 connection waits" : `${count} connections wait`;

const queueText = ({ address, port, receiveQueue, sendQueue }: Socket): string =>
  `listener ${address}:${port}: ${receiveQueue} waiting to be accepted, limit ${sendQueue ?? "?"}`;

/** The socket that took the packet, by what was read after it; a listener counts what nobody accepts. */
const socketOf = (arrived: Judgement): Socket | undefined =>
  socketsAfter(arrived).find(({ state }) => state !== "LISTEN");

const listenerOf = (arrived: Judgement): Socket | undefined =>
  socketsAfter(arrived).find(({ state, address }) =>
    state === "LISTEN" && [arrived.end.step.event.destination, "0.0.0.0", "::"].includes(address)
  );

function socketsAfter(arrived: Judgement): Socket[] {
  const { event } = arrived.end.step;
  const netns = arrived.steps.at(-1)!.event.netns ?? event.netns;
  const wanted = event.protocol === TCP ? "tcp" : "udp";
  const state = stateAfter(event.node, netns, event.at);
  return state?.sockets.filter(({ protocol, port }) =>
    protocol === wanted && port === event.destinationPort
  ) ?? [];
}
