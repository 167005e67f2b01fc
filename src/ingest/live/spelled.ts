/** Reports as text in pieces, so that one report is told from the next by comparing text. */
import type { Report } from "../../event/report.ts";
import { countsOf, type LiveEvent, type Summary } from "./live_event.ts";

/** The pieces of a report that a live stream tells apart, as JSON. */
export interface Pieces {
  /** Each flow and each exchange by its id, in their order. */
  flows: Map<string, string>;
  exchanges: Map<string, string>;
  /** Every other part by its name. */
  parts: Map<string, string>;
}

/** A report as JSON, whole and in pieces. */
export interface Spelled {
  json: string;
  pieces: Pieces;
}

/** One event of a live stream, its data as JSON. */
export interface Change {
  event: LiveEvent["event"];
  data: string;
}

/** The report as text: `json` is what `JSON.stringify` makes of it. */
export function spelled(report: Report): Spelled {
  const flows = report.flows.map((flow) => JSON.stringify(flow));
  const exchanges = report.exchanges.map((exchange) => JSON.stringify(exchange));
  const parts = new Map<string, string>();
  const members: string[] = [];
  for (const [name, value] of Object.entries(report)) {
    let text: string | undefined;
    if (name === "flows") text = `[${flows.join(",")}]`;
    else if (name === "exchanges") text = `[${exchanges.join(",")}]`;
    else {
      text = JSON.stringify(value) as string | undefined;
      if (text !== undefined) parts.set(name, text);
    }
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  const pieces = {
    flows: byId(report.flows, flows),
    exchanges: byId(report.exchanges, exchanges),
    parts,
  };
  return { json: `{${members.join(",")}}`, pieces };
}

const byId = (all: readonly { id: string }[], texts: readonly string[]) =>
  new Map(all.map(({ id }, i) => [id, texts[i]!]));

/** What leads from one report to the next, which is `report`; nothing when they are equal. */
export function changesBetween(before: Pieces, after: Pieces, report: Report): Change[] {
  const changes: Change[] = [];
  const flowOrder = tell(changes, "flow", before.flows, after.flows);
  const exchangeOrder = tell(changes, "exchange", before.exchanges, after.exchanges);
  const isOther = (part: keyof Report) => before.parts.get(part) !== after.parts.get(part);
  const isOrdered = flowOrder === undefined && exchangeOrder === undefined;
  const parts: (keyof Report)[] = ["from", "to", "nodes", "accounting", "problems", "changes"];
  if (changes.length === 0 && isOrdered && !parts.some(isOther)) return [];
  const { from, to, nodes, accounting } = report;
  const summary: Summary = { from, to, nodes, accounting, counts: countsOf(report) };
  if (flowOrder !== undefined) summary.order = flowOrder;
  if (exchangeOrder !== undefined) summary.exchangeOrder = exchangeOrder;
  if (isOther("problems")) summary.problems = report.problems;
  if (isOther("changes")) summary.changes = report.changes;
  changes.push({ event: "summary", data: JSON.stringify(summary) });
  return changes;
}

/** Tells what is new, changed or gone; gives the order of all ids where that changed. */
function tell(
  changes: Change[],
  event: "flow" | "exchange",
  before: Map<string, string>,
  after: Map<string, string>,
): string[] | undefined {
  for (const [id, text] of after) {
    if (before.get(id) !== text) changes.push({ event, data: `{"${event}":${text}}` });
  }
  for (const id of before.keys()) {
    if (!after.has(id)) changes.push({ event: `${event}-gone`, data: JSON.stringify({ id }) });
  }
  const order = [...after.keys()];
  const old = before.keys();
  const isSame = before.size === order.length && order.every((id) => id === old.next().value);
  return isSame ? undefined : order;
}
