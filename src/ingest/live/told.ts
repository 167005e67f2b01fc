/** A change of a report as the messages of a live stream. */
import type { ReportText } from "./report_text.ts";
import type { ListChange, ListName, ReportChange } from "./spelled.ts";
import type { Message } from "./viewer.ts";

/** How many events tell a change. */
export function countOfEvents({ lists: { flows, exchanges } }: ReportChange): number {
  const of = (change: ListChange | undefined) =>
    (change?.set.length ?? 0) + (change?.gone.length ?? 0);
  return of(flows) + of(exchanges) + 1;
}

/** Characters of what a change tells of flows and exchanges, as near as matters for a bound. */
export function charsOfItems({ lists: { flows, exchanges } }: ReportChange): number {
  const of = (change: ListChange | undefined) =>
    change?.set.reduce((sum, [, { length }]) => sum + length, 0) ?? 0;
  return of(flows) + of(exchanges);
}

/** Whether anything is other. */
export const isOther = ({ parts, lists }: ReportChange): boolean =>
  parts.size > 0 || Object.keys(lists).length > 0;

/** The messages that tell a change: its flows and exchanges together, and a summary. `text` is the report after it. */
export function messagesOf(change: ReportChange, text: ReportText): Message[] {
  const { flows, exchanges } = change.lists;
  const together = [...itemsOf("flow", flows), ...itemsOf("exchange", exchanges)];
  const summary = summaryOf(change, text);
  return together.length === 0 ? [summary] : [{ event: "items", data: "", together }, summary];
}

function itemsOf(event: "flow" | "exchange", change: ListChange | undefined): Message[] {
  const { set = [], gone = [] } = change ?? {};
  return [
    ...set.map(([, text]) => ({ event, data: `{"${event}":${text}}` })),
    ...gone.map((id) => ({ event: `${event}-gone`, data: JSON.stringify({ id }) })),
  ];
}

/** Lists that are told whole to viewers who did not ask for differences. */
const LISTED: readonly ListName[] = ["nodes", "problems", "changes"];

function summaryOf({ lists, counts }: ReportChange, text: ReportText): Message {
  const { flows, exchanges } = lists;
  const head = ["from", "to", "accounting"].map((name) => `"${name}":${text.part(name)}`);
  const orders = Object.entries({
    order: flows?.order,
    places: flows?.places,
    exchangeOrder: exchanges?.order,
    exchangePlaces: exchanges?.places,
  }).filter(([, value]) => value !== undefined);
  const rest = [["counts", counts] as const, ...orders].map(([name, value]) =>
    `"${name}":${JSON.stringify(value)}`
  );
  const differences = LISTED.flatMap((name) => {
    const change = lists[name];
    return change === undefined ? [] : [`"${name}":${differenceOf(change)}`];
  });
  // Made for those who want it, because it has all nodes and all problems.
  let whole: string | null = null;
  return {
    event: "summary",
    get data() {
      const told = LISTED.filter((name) => name === "nodes" || lists[name] !== undefined)
        .map((name) => `"${name}":${text.part(name) ?? "[]"}`);
      return whole ??= `{${[...head, ...told, ...rest].join(",")}}`;
    },
    brief: {
      event: "summary",
      data: `{${[...head, ...rest, `"differences":{${differences.join(",")}}`].join(",")}}`,
    },
  };
}

function differenceOf({ set, gone, places, order }: ListChange): string {
  const members = [`"set":[${set.map(([, text]) => text).join(",")}]`];
  if (gone.length > 0) members.push(`"gone":${JSON.stringify(gone)}`);
  if (places !== undefined) members.push(`"places":${JSON.stringify(places)}`);
  if (order !== undefined) members.push(`"order":${JSON.stringify(order)}`);
  return `{${members.join(",")}}`;
}
