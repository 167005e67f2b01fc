/**
 * What a live stream says. A viewer that folds the changes into the report it began with has the
 * report the ingest has: `applyLive` is that fold, for the page, the terminal and the tests.
 */
import { applyDifference, type Difference } from "../../event/difference.ts";
import { type Place, placed } from "../../event/places.ts";
import type { Change, Exchange, Flow, Problem, Report, ReportNode } from "../../event/report.ts";
import type { Counts } from "./counts.ts";

/** Everything of a report but its exchanges and flows. */
export interface Summary {
  from: Report["from"];
  to: Report["to"];
  /** All nodes; absent where differences tell of them. */
  nodes?: Report["nodes"];
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
  /** In place of `nodes`, `problems` and `changes` to who asked for it: what of each is other. */
  differences?: {
    nodes?: Difference<ReportNode>;
    problems?: Difference<Problem>;
    changes?: Difference<Change>;
  };
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
      const { from, to, accounting, order, exchangeOrder, differences: other = {} } = data;
      const flows = inOrder(report.flows, order, data.places);
      const exchanges = inOrder(report.exchanges, exchangeOrder, data.exchangePlaces);
      const nodes = data.nodes ?? differed(report.nodes, other.nodes, ({ name }) => name);
      const problems = data.problems ?? differed(report.problems, other.problems, ({ id }) => id);
      const changes = data.changes ?? differed(report.changes, other.changes, ({ id }) => id);
      return { ...report, from, to, nodes, accounting, problems, changes, exchanges, flows };
    }
    default:
      return report;
  }
}

const differed = <T>(list: T[], other: Difference<T> | undefined, idOf: (item: T) => string): T[] =>
  other === undefined ? list : applyDifference(list, other, idOf);

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
