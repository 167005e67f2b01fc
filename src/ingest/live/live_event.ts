/**
 * What a live stream says. A viewer that folds the changes into the report it began with has the
 * report the ingest has: `applyLive` is that fold, for the page, the terminal and the tests.
 */
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import type { Flow, PacketCounts, Report } from "../../event/report.ts";

/** What a report adds up to. */
export interface Counts {
  /** Number of flows. */
  flows: number;
  outcomes: Record<Outcome, number>;
  packets: PacketCounts;
}

/** Everything of a report but its flows. */
export interface Summary {
  from: Report["from"];
  to: Report["to"];
  nodes: Report["nodes"];
  accounting: Report["accounting"];
  counts: Counts;
  /** Ids of the flows, worst first; absent when neither they nor their order changed. */
  order?: string[];
}

/** A summary is the last event of its change: what it says holds for the flows before it. */
export type LiveEvent =
  | { event: "hello"; data: { incident: string; cursor: string } }
  | { event: "report"; data: Report }
  | { event: "flow"; data: { flow: Flow } }
  | { event: "flow-gone"; data: { id: string } }
  | { event: "summary"; data: Summary }
  | { event: "missed"; data: { count: number } }
  | { event: "end"; data: { reason: "closed" | "deleted" | "shutdown" } };

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

/** The events that lead from one report to the next; none when they are equal. */
export function changesBetween(before: Report, after: Report): LiveEvent[] {
  const events: LiveEvent[] = [];
  const old = new Map(before.flows.map((flow) => [flow.id, JSON.stringify(flow)]));
  for (const flow of after.flows) {
    if (old.get(flow.id) !== JSON.stringify(flow)) events.push({ event: "flow", data: { flow } });
    old.delete(flow.id);
  }
  for (const id of old.keys()) events.push({ event: "flow-gone", data: { id } });
  const order = after.flows.map(({ id }) => id);
  const sameOrder = before.flows.length === order.length &&
    before.flows.every(({ id }, i) => id === order[i]);
  if (events.length === 0 && sameOrder && sameHead(before, after)) return [];
  const { from, to, nodes, accounting } = after;
  const summary: Summary = { from, to, nodes, accounting, counts: countsOf(after) };
  events.push({ event: "summary", data: sameOrder ? summary : { ...summary, order } });
  return events;
}

function sameHead(a: Report, b: Report): boolean {
  const head = ({ from, to, nodes, accounting }: Report) =>
    JSON.stringify([from, to, nodes, accounting]);
  return head(a) === head(b);
}

/** The report after one live event; `null` before the first full one. Changes neither argument. */
export function applyLive(report: Report | null, { event, data }: LiveEvent): Report | null {
  if (event === "report") return data;
  if (report === null) return null;
  if (event === "flow") {
    const at = report.flows.findIndex(({ id }) => id === data.flow.id);
    const flows = at < 0 ? [...report.flows, data.flow] : report.flows.with(at, data.flow);
    return { ...report, flows };
  }
  if (event === "flow-gone") {
    return { ...report, flows: report.flows.filter(({ id }) => id !== data.id) };
  }
  if (event !== "summary") return report;
  const { from, to, nodes, accounting, order } = data;
  const flows = order === undefined ? report.flows : inOrder(report.flows, order);
  return { ...report, from, to, nodes, accounting, flows };
}

function inOrder(flows: Flow[], order: string[]): Flow[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  return order.flatMap((id) => byId.get(id) ?? []);
}
