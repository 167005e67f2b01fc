/** No exchange is said to be what it was not: whether the client's socket got an answer. */
import type { Exchange, Report } from "../../src/event/report.ts";
import { nameOf, NAMES, type Violation } from "./match.ts";
import type { Scenario } from "./scenario.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";

/** A question's flow with those that answer it. */
interface Truth {
  question: TrueFlow;
  answers: TrueFlow[];
  endAt: number;
}

/** `unknown` is always allowed; an exchange that no node could see whole may be told in parts. */
export function checkExchanges(scenario: Scenario, report: Report): Violation[] {
  const truths = truthsOf(scenario);
  return report.exchanges.flatMap((exchange) => {
    const truth = truths.get(keyOf(exchange));
    const text = truth ? wrongOf(exchange, truth) : null;
    if (text === null) return [];
    const name = nameOf(truth!.question);
    return [{ check: "exchange", text: `${name}: ${text}: ${exchange.sentence}` }];
  });
}

/** By every form of its question: of a translated one that could not be read, halves are told. */
function truthsOf({ flows, endAt }: Scenario): Map<string, Truth> {
  const truths = new Map<string, Truth>();
  for (const question of flows) {
    if (question.answers) continue;
    const truth = { question, answers: flows.filter((f) => f.answers === question), endAt };
    for (const { protocol, source, sourcePort, destination, destinationPort } of question.forms) {
      const ports = question.icmpId ?? `${sourcePort} ${destinationPort}`;
      truths.set(`${NAMES[protocol]} ${source} ${destination} ${ports}`, truth);
    }
  }
  return truths;
}

function keyOf({ protocol, client, server, icmpId }: Exchange): string {
  const ports = icmpId ?? `${client.port} ${server.port}`;
  return `${protocol} ${client.address} ${server.address} ${ports}`;
}

function wrongOf(exchange: Exchange, truth: Truth): string | null {
  const { question, answers } = truth;
  const got = reached(truth);
  const packets = [question, ...answers].flatMap((flow) => flow.packets);
  const isWhole = exchange.client.address === question.sent.source &&
    exchange.server.address === question.sent.destination;
  switch (exchange.outcome) {
    case "answered":
    case "slow":
      return isWhole && !got.any ? `${exchange.outcome}, and in truth no answer came` : null;
    case "broken":
      if (isWhole && !got.any) return "broken, and in truth no answer came";
      return packets.some(isLost) ? null : "broken, and in truth nothing was lost";
    case "unanswered":
      // A server that takes a connection and what was sent, and sends nothing, answers nothing.
      if (question.sent.protocol === TCP && !got.data && packets.some(isDelivered)) return null;
      return got.all ? "unanswered, and in truth an answer came" : null;
    case "mis-answered":
      return packets.some(({ codes }) => codes.includes("reply-not-translated"))
        ? null
        : "mis-answered, and in truth every answer was as asked";
    case "refused":
      if (got.all) return "refused, and in truth an answer came";
      return packets.some(({ codes }) => codes.includes("no-listener"))
        ? null
        : "refused, and in truth nobody refused it";
    default:
      return null;
  }
}

const isLost = ({ fate, recovered }: TruePacket) => fate !== "delivered" && !recovered;

/** `any` answer that counts came to the client's socket, of `all` questions that want one each. */
function reached({ question, answers, endAt }: Truth) {
  const came = answers.flatMap(({ packets }) => packets)
    .filter((packet) => packet.fate === "delivered" && !isReset(packet) && !packet.unasked);
  const inTime = came.filter((packet) => packet.endedAt <= endAt);
  // Each echo is a question of its own; over UDP and TCP one answer answers the exchange.
  const wanted = question.icmpId === undefined ? 1 : question.packets.length;
  const data = came.some(({ payload }) => (payload ?? 0) > 0);
  return { any: came.length > 0, all: inTime.length >= wanted, data };
}

const isDelivered = ({ fate, payload, pieced }: TruePacket) =>
  (fate === "delivered" || pieced === true) && (payload ?? 0) > 0;

const TCP = 6;
const RST = 4;
const isReset = ({ tcpFlags }: TruePacket) => ((tcpFlags ?? 0) & RST) !== 0;
