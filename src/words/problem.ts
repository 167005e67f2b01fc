/** Words for a problem: what failed, how much of it, since when, and whether it still does. */
import type { Problem } from "../event/report.ts";
import { endPoint, named } from "./ends.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "./outcome.ts";
import { placeName } from "./place.ts";
import type { Counting, Writing } from "./writing.ts";

/** Writes a count with its noun: `3 clients`. */
type Plural = Counting["plural"];

const PLACE = { deviceMax: 32, netnsMax: 40, nodeMax: 40 };

const NOUNS: Partial<Record<string, string>> = {
  tcp: "TCP connection",
  udp: "UDP exchange",
  icmp: "ping",
  icmp6: "ping",
};

/** `dropped`, of packets or of an exchange; the outcome itself when only a newer ingest knows it. */
export const problemOutcome = (
  { outcome }: Problem,
  { text }: Pick<Writing, "text">,
): string => OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome] ?? text(outcome, 24);

/** What one exchange of a protocol is called: `TCP connection`, `ping`, else `flow`. */
export const exchangeNoun = (protocol: string): string => NOUNS[protocol] ?? "flow";

/** `10.0.0.7:80`, `pod shop/web-0 (10.0.0.7:80)`: the end that was asked. */
export const problemEnd = ({ to }: Problem, { text }: Pick<Writing, "text">): string =>
  named(endPoint(text(to.address), to.port), to.name, text);

/**
 * `344 TCP connections from 3 clients`, `1 ping from 10.0.0.5`; where only counts know it
 * `3 of 4,900 packets counted from eth0 on a to eth0 on b, of 1 UDP exchange from 10.0.0.5`.
 */
export function problemSize(problem: Problem, plural: Plural, writing: Writing): string {
  const { counted } = problem;
  const asked = askedSize(problem, plural, writing);
  if (counted === undefined) return asked;
  const [from, to] = [counted.from, counted.to].map((place) => placeName(place, writing, PLACE));
  const lost = plural(counted.lost, "", "").trim();
  return `${lost} of ${
    plural(counted.packets, "packet")
  } counted from ${from} to ${to}, of ${asked}`;
}

/**
 * What got through of its kind: `26 got through`. Of a flow that counts know to the packet it is of its
 * packets: `373,683 of 373,697 packets got through`. "" where nothing did, or the size tells it.
 */
export function passedWords(
  { passed, packets, counted, outcome }: Problem,
  plural: Plural,
): string {
  if (counted !== undefined) return "";
  // Of an answer that did not come packets say nothing.
  const isOfPackets = outcome === "dropped" || outcome === "vanished";
  const isCounted = isOfPackets && packets.basis === "counted";
  if ((isCounted ? packets.delivered : passed) === 0) return "";
  const number = (count: number) => plural(count, "", "").trim();
  return isCounted
    ? `${number(packets.delivered)} of ${plural(packets.seen, "packet")} got through`
    : `${number(passed)} got through`;
}

function askedSize(
  { protocol, flows, clients, from, fromNames }: Problem,
  plural: Plural,
  { text }: Writing,
): string {
  const [first = ""] = from;
  const who = clients === 1
    ? named(text(first), fromNames?.[first], text)
    : plural(clients, "client");
  return `${plural(flows, exchangeNoun(protocol))} from ${who}`;
}

/** What is counted where these protocols are: `TCP connection`, else `exchange`. */
export function askedNoun(protocols: ReadonlySet<string>): string {
  const nouns = new Set([...protocols].map(exchangeNoun));
  return nouns.size === 1 ? [...nouns][0]! : "exchange";
}

/** What was asked in an incident, and how much of it has a known problem. */
export interface Share {
  /** How many exchanges, and flows of none, have one. */
  failed: number;
  /** How many there are. */
  total: number;
  protocols: ReadonlySet<string>;
}

/**
 * `3 problems, 1,030 of 3,801 TCP connections`, and how many of the problems are healed; `48 problems of 2 causes`
 * where one thing makes several (`causes`).
 */
export function problemsHead(
  all: readonly Problem[],
  { failed, total, protocols }: Share,
  { grouped, plural }: Counting,
  causes = all.length,
): string {
  const healed = all.filter(({ state }) => state === "healed").length;
  const of = causes < all.length ? ` of ${plural(causes, "cause")}` : "";
  const count = all.length === 0 ? "No known problem" : plural(all.length, "problem") + of;
  const well = healed === 0 ? "" : ` (${grouped(healed)} healed)`;
  return `${count}${well}, ${grouped(failed)} of ${plural(total, askedNoun(protocols))}`;
}

/** `20:01:07.120` of a time of day in RFC 3339, UTC as it is; any other text stays. */
export const clockInUtc = (timeOfDay: string): string =>
  /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(timeOfDay)?.[1] ?? timeOfDay;
