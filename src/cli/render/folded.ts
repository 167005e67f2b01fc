/** Conversations that are alike, told together. */
import { commonName, endPoint, named } from "../../words/ends.ts";
import { exchangeNoun } from "../../words/problem.ts";
import { exchangeMark, exchangeStyle, exchangeWord } from "./exchange.ts";
import type { Conversation } from "./group.ts";
import type { Look } from "./look.ts";
import { markOf, outcomeWord, plural, styleOf } from "./words.ts";

/** Ids of the problems that a conversation is part of. */
export const problemsOf = ({ exchange, flow, replies }: Conversation): string[] => [
  ...exchange?.problem === undefined ? [] : [exchange.problem],
  ...[flow, ...replies].flatMap(({ problems = [] }) => problems),
];

const wordOf = ({ exchange, flow }: Conversation): string => exchange?.outcome ?? flow.outcome;

/** What becomes of the whole of it is not known yet. */
export const isInFlight = (one: Conversation): boolean => wordOf(one) === "in-flight";

/** It is in flight, or a part of it is: what becomes of it is not known yet. */
export const isOpen = (one: Conversation): boolean =>
  [wordOf(one), one.flow.outcome, ...one.replies.map(({ outcome }) => outcome)]
    .includes("in-flight");

/** It was answered, or delivered, and nothing of it was lost. */
export const isWell = (one: Conversation): boolean =>
  ["answered", "delivered"].includes(wordOf(one)) &&
  [one.flow, ...one.replies].every(({ outcome }) => outcome === "delivered");

/**
 * Conversations that asked the same end and came to the same, by a key that stays, in the order of the
 * first of each.
 */
export function groupsOf(all: readonly Conversation[]): Map<string, Conversation[]> {
  const groups = new Map<string, Conversation[]>();
  for (const one of all) {
    const { protocol, destination, destinationPort } = one.flow;
    const outcomes = [one.flow, ...one.replies].map(({ outcome }) => outcome);
    const key = `${wordOf(one)} ${outcomes} ${protocol} ${destination} ${destinationPort}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** `✓ answered  344 TCP connections from 3 clients to 10.0.0.7:80`. */
export function foldedLines(group: readonly Conversation[], look: Look): string[] {
  const [{ exchange, flow }] = group as [Conversation];
  const flows = group.map((one) => one.flow);
  const clients = new Set(flows.map(({ source }) => source)).size;
  const to = endPoint(look.text(flow.destination), flow.destinationPort);
  const end = named(to, commonName(flows.map(({ destinationName }) => destinationName)), look.text);
  const noun = exchange ? exchangeNoun(flow.protocol) : `${look.text(flow.protocol)} flow`;
  const word = exchange ? exchangeWord(exchange.outcome) : outcomeWord(flow.outcome);
  const mark = exchange ? exchangeMark(exchange.outcome, look) : markOf(flow.outcome, look);
  const style = exchange ? exchangeStyle(exchange.outcome) : styleOf(flow.outcome);
  const who = clients === 1
    ? named(
      look.text(flow.source),
      commonName(flows.map(({ sourceName }) => sourceName)),
      look.text,
    )
    : plural(clients, "client");
  const lines = look.lines(
    `${mark} ${word}  ${plural(group.length, noun)} from ${who} to ${end}`,
    2,
  );
  return lines.map((line, i) => look.paint(style, i === 0 ? line.slice(2) : line));
}
