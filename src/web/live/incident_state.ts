/** The incident as the live stream has reported it so far. Pure: events in, state out. */
import type { Change, Exchange, Flow, Problem, Report, ReportNode } from "../../event/report.ts";
import { placed } from "../../event/places.ts";
import type { ReceivedServerSentEvent } from "../../event/sse.ts";
import {
  fields,
  list,
  number,
  readAccounting,
  readExchange,
  readFlow,
  readNode,
  text,
} from "./read.ts";
import { readChange, readProblem } from "./read_problem.ts";

/** The incident as the live stream has reported it so far. */
export interface IncidentState {
  /** False until the first whole report. */
  known: boolean;
  /** Id of the incident. */
  incident: string;
  /** Wall time of the first and the last event, in UTC as ISO 8601; null before there is one. */
  from: string | null;
  to: string | null;
  nodes: ReportNode[];
  accounting: Report["accounting"];
  /** By id. */
  flows: ReadonlyMap<string, Flow>;
  /** Ids of flows, worst first, as the analysis ranks them. */
  order: readonly string[];
  /** By id, which is that of the question's flow; worst first. */
  exchanges: ReadonlyMap<string, Exchange>;
  /** What is wrong, worst first. */
  problems: readonly Problem[];
  /** What changed on the nodes, in the order of time. */
  changes: readonly Change[];
  /** Count of changes for which this viewer was too slow. The report that follows has them. */
  missed: number;
  /** Count of events that could not be read. */
  unread: number;
  /** Why the stream ended for good, if it did: `closed`, `deleted`. */
  ended: string | null;
  /** Where the closed incident is kept, on the machine of who closed it; null where nobody said. */
  archive: string | null;
}

/** Before the first event. */
export const EMPTY_STATE: IncidentState = {
  known: false,
  incident: "",
  from: null,
  to: null,
  nodes: [],
  accounting: { events: 0, inPackets: 0, evidence: 0, unclaimed: 0, refused: 0, evicted: 0 },
  flows: new Map(),
  order: [],
  exchanges: new Map(),
  problems: [],
  changes: [],
  missed: 0,
  unread: 0,
  ended: null,
  archive: null,
};

/**
 * What is known after these events. `before` is not changed; events that cannot be read are
 * counted.
 */
export function fold(
  before: IncidentState,
  events: readonly ReceivedServerSentEvent[],
): IncidentState {
  const told: Draft = {
    ...before,
    flows: new Map(before.flows),
    order: [...before.order],
    exchanges: new Map(before.exchanges),
  };
  for (const { event, data } of events) {
    try {
      apply(told, event, JSON.parse(data));
    } catch {
      told.unread += 1;
    }
  }
  return told;
}

type Draft = Omit<IncidentState, "flows" | "order" | "exchanges"> & {
  flows: Map<string, Flow>;
  order: string[];
  exchanges: Map<string, Exchange>;
};

function apply(told: Draft, event: string, data: unknown): void {
  const from = fields(data);
  if (event === "hello") {
    told.incident = text(from.incident) || text(fields(from.incident).id) || told.incident;
    told.ended = null;
  } else if (event === "report") applyReport(told, from);
  else if (event === "summary") applySummary(told, from);
  else if (event === "flow") {
    const flow = readFlow(from.flow);
    if (flow === null) told.unread += 1;
    else if (!told.flows.has(flow.id)) told.order.push(flow.id);
    if (flow !== null) told.flows.set(flow.id, flow);
  } else if (event === "flow-gone") {
    const id = text(from.id);
    if (told.flows.delete(id)) told.order = told.order.filter((one) => one !== id);
  } else if (event === "exchange") {
    const exchange = readExchange(from.exchange);
    if (exchange === null) told.unread += 1;
    else told.exchanges.set(exchange.id, exchange);
  } else if (event === "exchange-gone") told.exchanges.delete(text(from.id));
  else if (event === "missed") told.missed += number(from.count);
  // After a shutdown the ingest comes back, and the stream is asked for again.
  else if (event === "end" && from.reason !== "shutdown") {
    told.ended = text(from.reason, "closed");
    told.archive = text(from.archive) || null;
  }
}

function applyReport(told: Draft, report: Record<string, unknown>): void {
  told.flows = new Map();
  for (const value of list(report.flows)) {
    const flow = readFlow(value);
    if (flow === null) told.unread += 1;
    else told.flows.set(flow.id, flow);
  }
  told.order = [...told.flows.keys()];
  told.exchanges = new Map();
  for (const value of list(report.exchanges)) {
    const exchange = readExchange(value);
    if (exchange === null) told.unread += 1;
    else told.exchanges.set(exchange.id, exchange);
  }
  told.incident = text(report.incident, told.incident);
  told.known = true;
  told.problems = [];
  told.changes = [];
  applyHead(told, report);
}

function applySummary(told: Draft, summary: Record<string, unknown>): void {
  applyHead(told, summary);
  const exchanges = orderIn(summary.exchangeOrder, summary.exchangePlaces, told.exchanges.keys());
  if (exchanges !== null) {
    const ids = [...exchanges, ...told.exchanges.keys()];
    const known = ids.flatMap((id) => told.exchanges.get(id) ?? []);
    told.exchanges = new Map(known.map((exchange) => [exchange.id, exchange]));
  }
  const flows = orderIn(summary.order, summary.places, told.order);
  if (flows === null) return;
  const order = new Set(flows.filter((id) => told.flows.has(id)));
  // A flow that is missing in the order stays, at the end.
  for (const id of told.order) order.add(id);
  told.order = [...order];
}

/** The order of all ids, as it is told or by the places of some; null where it is the same. */
function orderIn(order: unknown, places: unknown, ids: Iterable<string>): string[] | null {
  if (!Array.isArray(places)) return Array.isArray(order) ? order.map((id) => text(id)) : null;
  return placed([...ids], places.map((place) => [text(list(place)[0]), number(list(place)[1])]));
}

function applyHead(told: Draft, from: Record<string, unknown>): void {
  if ("from" in from) told.from = typeof from.from === "string" ? from.from : null;
  if ("to" in from) told.to = typeof from.to === "string" ? from.to : null;
  if (Array.isArray(from.nodes)) told.nodes = from.nodes.map(readNode);
  if (Array.isArray(from.problems)) {
    told.problems = from.problems.flatMap((one) => readProblem(one) ?? []);
  }
  if (Array.isArray(from.changes)) {
    told.changes = from.changes.flatMap((one) => readChange(one) ?? []);
  }
  if ("accounting" in from) told.accounting = readAccounting(from.accounting);
}
