/** An exchange as the report has it. */
import { endPoint } from "../../event/end_point.ts";
import { EXCHANGE_OUTCOMES } from "../../event/codes.ts";
import type { End, Exchange as ExchangeReport, Flow } from "../../event/report.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { clientSide, firstAt, lastAt } from "../exchange/meeting.ts";
import type { ExchangeFindings } from "../rules/exchange_causes.ts";
import { protocolName } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { Sighting } from "../view/timeline.ts";
import { timeOfDay } from "../view/time_of_day.ts";
import type { Unsent } from "./unsent.ts";

/** One exchange of the report. */
export function exchangeReport(
  exchange: Exchange,
  { cause, findings }: ExchangeFindings,
): ExchangeReport {
  const { form, question, answers, outcome, story } = exchange;
  const best = exchange.answeredBy ?? exchange.misdirected[0];
  const answer =
    (answers.find(({ packets }) => best !== undefined && packets.includes(best)) ?? answers[0])?.id;
  const others = answers.map(({ id }) => id).filter((id) => id !== answer);
  const tookMs = took(exchange);
  const ends = {
    client: end(form.source, form.sourcePort),
    server: end(form.destination, form.destinationPort),
  };
  return {
    id: question.id,
    protocol: protocolName(form),
    ...ends,
    ...(form.icmpId === undefined ? {} : { icmpId: form.icmpId }),
    outcome,
    sentence: sentenceOf(ends.client, ends.server, protocolName(form), story),
    ...(cause ? { cause } : {}),
    ...(findings.length > 0 ? { findings } : {}),
    ...(exchange.gap && outcome === "unknown" ? { gap: exchange.gap.text.slice(0, 500) } : {}),
    question: question.id,
    ...(answer === undefined ? {} : { answer }),
    ...(others.length > 0 ? { otherAnswers: others } : {}),
    ...timesOf([question, ...answers].flatMap(({ packets }) => packets)),
    ...(tookMs === undefined ? {} : { tookMs }),
  };
}

/** An exchange, if none of its flows answers, with an answer that could not be sent. */
export function withUnsentAnswer(exchange: ExchangeReport, unsent: Flow): ExchangeReport {
  if (exchange.answer !== undefined || exchange.outcome === "refused") return exchange;
  const { id, protocol, client, server, icmpId, findings, question, firstAt, lastAt } = exchange;
  const cause = exchange.cause ?? unsent.cause;
  const story = "it arrived, and the answer could not be sent";
  return {
    ...{ id, protocol, client, server },
    ...(icmpId === undefined ? {} : { icmpId }),
    outcome: "unanswered",
    sentence: sentenceOf(client, server, protocol, story),
    ...(cause ? { cause } : {}),
    ...(findings ? { findings } : {}),
    ...{ question, answer: unsent.id, firstAt, lastAt },
    ...(exchange.tookMs === undefined ? {} : { tookMs: exchange.tookMs }),
  };
}

const end = (address: string, port: number | undefined): End =>
  port === undefined ? { address } : { address, port };

/** An end as sentences have it: `10.0.0.1:4000`, `[fd00::1]:80`. */
export const endText = ({ address, port }: End): string => endPoint(address, port);

/** Why it came so is the cause's sentence. */
const sentenceOf = (client: End, server: End, protocol: string, story: string): string =>
  // What is put together by signs is kept as a tree of its parts.
  [endText(client), " asked ", endText(server), " (", protocol, "); ", story].join("").slice(
    0,
    2000,
  );

/** First and last sighting, by the wall clock of the nodes that saw them. */
function timesOf(packets: readonly Judgement[]): Pick<ExchangeReport, "firstAt" | "lastAt"> {
  let first: Sighting | null = null;
  let last: Sighting | null = null;
  const node = packets[0]!.steps[0]!.event.node;
  for (const { packet } of packets) {
    for (const chain of packet.chains) {
      // One node's clock alone orders them; what it did not see of the exchange lies in between.
      if (chain.node !== node) continue;
      for (const event of chain.events) {
        if (!first || event.at < first.at) first = event;
        if (!last || event.at > last.at) last = event;
      }
    }
  }
  return { firstAt: timeOfDay(first!), lastAt: timeOfDay(last!) };
}

/** From the first packet of the question to the first answer, by the clock of the client's side, ms. */
function took({ question, answeredBy }: Exchange): number | undefined {
  if (!answeredBy) return undefined;
  const node = clientSide(question);
  const asked = question.packets.map((packet) => firstAt(packet, node)).filter((at) => at !== null);
  const answered = lastAt(answeredBy, node);
  if (asked.length === 0 || answered === null) return undefined;
  const ms = (answered - Math.min(...asked)) / 1e6;
  return ms < 0 ? undefined : Math.round(ms * 1000) / 1000;
}

/** Worst first, then by id. */
export function worstExchangeFirst(a: ExchangeReport, b: ExchangeReport): number {
  const order = EXCHANGE_OUTCOMES.indexOf(a.outcome) - EXCHANGE_OUTCOMES.indexOf(b.outcome);
  return order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A question that could not even be sent, as an exchange. */
export function unsentExchange({ flow, lookups }: Unsent): ExchangeReport {
  const at = timeOfDay(lookups[0]!);
  const client = end(flow.source, flow.sourcePort);
  const server = end(flow.destination, flow.destinationPort);
  return {
    id: flow.id,
    protocol: flow.protocol,
    client,
    server,
    outcome: "unanswered",
    sentence: sentenceOf(client, server, flow.protocol, "it could not be sent"),
    ...(flow.cause ? { cause: flow.cause } : {}),
    question: flow.id,
    firstAt: at,
    lastAt: at,
  };
}
