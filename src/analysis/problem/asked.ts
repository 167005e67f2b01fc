/**
 * Exchanges as problems know them: no more than that, because it is kept while the packets that it was
 * concluded of rest.
 */
import type { ExchangeOutcome } from "../../event/codes.ts";
import { isTooYoung } from "../../event/gaps.ts";
import type { Form } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import type { FlowGroup } from "../verdict/flows.ts";

/** A question and what came of it. */
export interface Asked {
  /** The id of the question's flow. */
  id: string;
  /** Ids of the other flows that are joined in it. */
  others: readonly string[];
  /** The form of the question as it was sent. */
  form: Form;
  outcome: ExchangeOutcome;
  /** It got the answer that was asked for. */
  isAnswered: boolean;
  /** Nobody knows what became of it, and nobody will. */
  isUndecided: boolean;
  question: readonly Packet[];
  /** Those of the first flow that answers. */
  answer?: readonly Packet[];
  /** Answers that arrived, where its server was silent nevertheless. */
  sinceSilent?: readonly Packet[];
}

const NONE: readonly never[] = [];

/** Each exchange as problems know it. */
export const allAsked = (exchanges: readonly Exchange[]): ReadonlyMap<Exchange, Asked> =>
  new Map(exchanges.map((exchange) => [exchange, askedOf(exchange)]));

function askedOf(exchange: Exchange): Asked {
  const { question, answers, form, outcome, answeredBy, silent, gap } = exchange;
  const others = joinedFlows(exchange).slice(1);
  return {
    id: question.id,
    others: orNone(others.map(({ id }) => id)),
    form,
    outcome,
    isAnswered: answeredBy !== undefined && outcome === "answered",
    isUndecided: outcome === "unknown" && !isTooYoung(gap),
    question: packetsOf(question),
    ...(answers.length === 0 ? {} : { answer: packetsOf(answers[0]!) }),
    ...(silent ? { sinceSilent: orNone(answers.flatMap(arrivedOf)) } : {}),
  };
}

/** The list, where it has something: of those that have not, one is kept. */
export const orNone = <T>(list: readonly T[]): readonly T[] => list.length === 0 ? NONE : list;

/** Packets of a flow, and what carried them, as they were seen. */
export const packetsOf = ({ packets }: Pick<FlowGroup, "packets">): readonly Packet[] =>
  packets.flatMap(({ packet, carriers }) => carriers ? [packet, ...carriers] : packet);

/** Those of them that were delivered. */
export const arrivedOf = ({ packets }: Pick<FlowGroup, "packets">): readonly Packet[] =>
  packetsOf({ packets: packets.filter(({ outcome }) => outcome === "delivered") });
