/** Reports as text in pieces, so that one report is told from the next by comparing text. */
import { type Place, placed } from "../../event/places.ts";
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
  const flows = tell(changes, "flow", before.flows, after.flows);
  const exchanges = tell(changes, "exchange", before.exchanges, after.exchanges);
  const isOther = (part: keyof Report) => before.parts.get(part) !== after.parts.get(part);
  const isOrdered = flows === null && exchanges === null;
  const parts: (keyof Report)[] = ["from", "to", "nodes", "accounting", "problems", "changes"];
  if (changes.length === 0 && isOrdered && !parts.some(isOther)) return [];
  const { from, to, nodes, accounting } = report;
  const summary: Summary = { from, to, nodes, accounting, counts: countsOf(report) };
  if (flows?.order) summary.order = flows.order;
  if (flows?.places) summary.places = flows.places;
  if (exchanges?.order) summary.exchangeOrder = exchanges.order;
  if (exchanges?.places) summary.exchangePlaces = exchanges.places;
  if (isOther("problems")) summary.problems = report.problems;
  if (isOther("changes")) summary.changes = report.changes;
  changes.push({ event: "summary", data: JSON.stringify(summary) });
  return changes;
}

/** A new order: all ids, or the places of some. */
type Order = { order: string[]; places?: never } | { places: Place[]; order?: never };

/** Tells what is new, changed or gone; gives the order where that is another. */
function tell(
  changes: Change[],
  event: "flow" | "exchange",
  before: Map<string, string>,
  after: Map<string, string>,
): Order | null {
  const order = [...after.keys()];
  const places: Place[] = [];
  let index = 0;
  for (const [id, text] of after) {
    if (before.get(id) !== text) {
      changes.push({ event, data: `{"${event}":${text}}` });
      places.push([id, index]);
    }
    index += 1;
  }
  const old: string[] = [];
  for (const id of before.keys()) {
    if (after.has(id)) old.push(id);
    else changes.push({ event: `${event}-gone`, data: JSON.stringify({ id }) });
  }
  if (old.length === before.size && isSame(old, order)) return null;
  const isEnough = places.length < order.length / 2 && isSame(placed(old, places), order);
  return isEnough ? { places } : { order };
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((id, i) => id === b[i]);
