/** What the judge reads of a report: its exchanges, and all that is said in it. */
import type { Cause, Flow, Report } from "../../../src/event/report.ts";

/** What can come of a question. */
export type ExchangeOutcome =
  | "answered"
  | "refused"
  | "unanswered"
  | "mis-answered"
  | "broken"
  | "slow"
  | "unknown";

/** One question and what came of it, by what the judge needs. */
export interface Asked {
  id: string;
  protocol: string;
  client: string;
  server: string;
  port?: number;
  /** Absent in a report that has no exchanges: then it is a flow that answers none. */
  outcome?: string;
  /** The word of the report, for a person. */
  said: string;
  causes: Cause[];
}

interface End {
  address: string;
  port?: number;
}

interface ReportedExchange {
  id: string;
  protocol: string;
  client: End;
  server: End;
  outcome: string;
  cause?: Cause;
  findings?: Cause[];
}

type WithExchanges = Report & { exchanges?: ReportedExchange[] };

/** All questions of a report. */
export function askedIn(report: Report): Asked[] {
  const { exchanges } = report as WithExchanges;
  if (exchanges === undefined) {
    return report.flows.filter((flow) => flow.replyOf === undefined).map(askedOfFlow);
  }
  return exchanges.map((one) => ({
    id: one.id,
    protocol: one.protocol,
    client: one.client.address,
    server: one.server.address,
    port: one.server.port,
    outcome: one.outcome,
    said: one.outcome,
    causes: [...(one.cause ? [one.cause] : []), ...one.findings ?? []],
  }));
}

function askedOfFlow(flow: Flow): Asked {
  return {
    id: flow.id,
    protocol: flow.protocol,
    client: flow.source,
    server: flow.destination,
    port: flow.destinationPort,
    said: flow.outcome,
    causes: causesOf(flow),
  };
}

/** The causes of a flow, the first first. */
export function causesOf(flow: Flow): Cause[] {
  return [...(flow.cause ? [flow.cause] : []), ...flow.otherCauses ?? []];
}

/** All that a report says of causes, each as one text, once. */
export function sayingsOf(report: Report): string[] {
  const causes = [...report.flows.flatMap(causesOf), ...askedIn(report).flatMap((a) => a.causes)];
  return [...new Set(causes.map(textOf))];
}

/** A cause as one text: code, confidence, sentence, evidence and commands. */
export function textOf({ code, confidence, sentence, evidence, remedy = [] }: Cause): string {
  return [
    `${code}, ${confidence}: ${sentence}`,
    ...evidence.map(({ node, text }) => `${node}: ${text}`),
    ...remedy.map((one) => `$ ${one}`),
  ].join("\n");
}
