/**
 * What a live stream says. A viewer that folds the changes into the report it began with has the
 * report the ingest has: `applyLive` is that fold, for the page, the terminal and the tests.
 */
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import { type Place, placed } from "../../event/places.ts";
import type { Exchange, Flow, PacketCounts, Report } from "../../event/report.ts";

/** What a report adds up to. */
export interface Counts {
  /** Number of flows. */
  flows: number;
  outcomes: Record<Outcome, number>;
  packets: PacketCounts;
}

/** Everything of a report but its exchanges and flows. */
export interface Summary {
  from: Report["from"];
  to: Report["to"];
  nodes: Report["nodes"];
  accounting: Report["accounting"];
  counts: Counts;
  /** Ids of the flows, worst first; absent when neither they nor their order changed, or `places` tell. */
  order?: string[];
  /** Where flows that changed are now in that order; the others stay as they are among themselves. */
  places?: Place[];
  /** The same of the exchanges. */
  exchangeOrder?: string[];
  /** The same of the exchanges. */
  exchangePlaces?: Place[];
  /** All problems; absent when none of them changed. */
  problems?: Report["problems"];
  /** All changes of node state; absent when there is no new one. */
  changes?: Report["changes"];
}

/** A summary is the last event of its change: what it says holds for the flows before it. */
export type LiveEvent =
  | { event: "hello"; data: { incident: string; cursor: string } }
  | { event: "report"; data: Report }
  | { event: "flow"; data: { flow: Flow } }
  | { event: "flow-gone"; data: { id: string } }
  | { event: "exchange"; data: { exchange: Exchange } }
  | { event: "exchange-gone"; data: { id: string } }
  | { event: "summary"; data: Summary }
  | { event: "missed"; data: { count: number } }
  | { event: "end"; data: End };

/** Why a stream ends. */
export interface End {
  reason: "closed" | "deleted" | "shutdown" | "too-large";
  /** A file on the machine that closed it, which `lasthop replay` opens again. */
  archive?: string;
}

/** What a report adds up to: its flows, by outcome, and their packets. */
export function countsOf(report: Report): Counts {
  const outcomes = Object.fromEntries(OUTCOMES.map((o) => [o, 0])) as Record<Outcome, number>;
  const packets = { seen: 0, delivered: 0, dropped: 0, vanished: 0, unknown: 0, inFlight: 0 };
  for (const flow of report.flows) {
    outcomes[flow.outcome] += 1;
    for (const key of Object.keys(packets) as (keyof PacketCounts)[]) {
      packets[key] += flow.packets[key];
    }
  }
  return { flows: report.flows.length, outcomes, packets };
}

/** The report after one live event; `null` before the first full one. Changes neither argument. */
export function applyLive(report: Report | null, { event, data }: LiveEvent): Report | null {
  if (event === "report") return data;
  if (report === null) return null;
  switch (event) {
    case "flow":
      return { ...report, flows: withOne(report.flows, data.flow) };
    case "flow-gone":
      return { ...report, flows: report.flows.filter(({ id }) => id !== data.id) };
    case "exchange":
      return { ...report, exchanges: withOne(report.exchanges, data.exchange) };
    case "exchange-gone":
      return { ...report, exchanges: report.exchanges.filter(({ id }) => id !== data.id) };
    case "summary": {
      const { from, to, nodes, accounting, order, exchangeOrder } = data;
      const flows = inOrder(report.flows, order, data.places);
      const exchanges = inOrder(report.exchanges, exchangeOrder, data.exchangePlaces);
      const problems = data.problems ?? report.problems;
      const changes = data.changes ?? report.changes;
      return { ...report, from, to, nodes, accounting, problems, changes, exchanges, flows };
    }
    default:
      return report;
  }
}

function withOne<T extends { id: string }>(all: T[], one: T): T[] {
  const at = all.findIndex(({ id }) => id === one.id);
  return at < 0 ? [...all, one] : all.with(at, one);
}

function inOrder<T extends { id: string }>(
  all: T[],
  order: string[] | undefined,
  places: Place[] | undefined,
): T[] {
  const ids = places === undefined ? order : placed(all.map(({ id }) => id), places);
  if (ids === undefined) return all;
  const byId = new Map(all.map((one) => [one.id, one]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
