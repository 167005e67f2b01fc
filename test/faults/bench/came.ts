/** What a report says of the exchanges of a case, against what came of its talks. */
import type { Cause, Exchange, Report } from "../../../src/event/report.ts";
import { causesOf, textOf, wordsOf } from "../../cases/bench/exchange.ts";
import type { Sent, Talk } from "../traffic/talk.ts";
import type { CaseRun } from "./case_run.ts";
import type { Mark } from "./mark.ts";
import type { AnySpec, Came } from "./spec.ts";

/** One thing that is not as it should be, or that something is. */
export interface Found {
  mark: Mark;
  complaint?: string;
}

/** The exchanges of one talk, by its place in the list. */
export function exchangesOf(
  report: Report,
  talks: readonly Talk[],
  place: number,
  sent: readonly Sent[],
): Exchange[] {
  const talk = talks[place % talks.length]!;
  const protocol = talk.kind === "ping" ? (talk.to.includes(":") ? "icmp6" : "icmp") : talk.kind;
  const { sourcePort = 0 } = sent[place] ?? {};
  const own = report.exchanges.filter(({ client, server, ...exchange }) =>
    exchange.protocol === protocol && server.address === talk.to &&
    (talk.kind === "ping" || server.port === talk.port) &&
    (sourcePort === 0 || client.port === sourcePort)
  );
  if (talk.kind !== "ping") return own;
  // Echoes of one address are told apart by their turn.
  const alike = talks.filter((other) => other.kind === "ping" && other.to === talk.to);
  if (alike.length === 1 || alike.length !== own.length) return own;
  own.sort((a, b) => a.firstAt < b.firstAt ? -1 : 1);
  return [own[alike.indexOf(talk)]!];
}

/** The exchanges of a fault. */
export function judgeCame(run: CaseRun, report: Report): Found[] {
  const { spec } = run.id;
  const { world } = run;
  if (spec.came === undefined || world === undefined) return [];
  const talks = spec.talks(world);
  return (spec as AnySpec).came!(world, run.sent).flatMap((came) => {
    const place = came.talk ?? 0;
    const talk = talks[place % talks.length]!;
    const own = exchangesOf(report, talks, place, run.sent);
    const name = `exchange ${talk.kind} ${talk.to}`;
    if (own.length === 0) {
      return [{ mark: "unknown" as const, complaint: `${name}: there is none` }];
    }
    return own.flatMap((exchange) =>
      judgeOne(run, exchange, came).map(({ mark, complaint }) => ({
        mark,
        complaint: complaint && `${name}: ${complaint}`,
      }))
    );
  });
}

function judgeOne(run: CaseRun, exchange: Exchange, came: Came): Found[] {
  const { outcomes, codes, alsoTrue = [], says = {}, remedy = false } = came;
  const is = wordsOf(exchange);
  const found: Found[] = [{ mark: "right" }];
  if (!outcomes.includes(exchange.outcome)) {
    const isUndecided = ["unknown", "in-flight"].includes(exchange.outcome);
    const mark = isUndecided ? "unknown" : "wrong";
    found.push({ mark, complaint: `must be ${outcomes.join(" or ")}, is ${is}` });
  }
  const causes = causesOf(exchange);
  found.push(...strange(run, causes, [...codes, ...alsoTrue]));
  if (codes.length === 0) return found;
  const right = causes.filter(({ code }) => codes.includes(code));
  if (right.length === 0) {
    found.push({ mark: "unknown", complaint: `must have ${codes.join(" or ")}, is ${is}` });
    return found;
  }
  const text = plain(run, [...right.map(textOf), exchange.sentence].join("\n"));
  for (const [words, pattern] of Object.entries(says)) {
    if (!pattern.test(text)) found.push({ mark: "incomplete", complaint: `does not say ${words}` });
  }
  if (remedy && right.every((cause) => (cause.remedy ?? []).length === 0)) {
    found.push({ mark: "incomplete", complaint: `must have a remedy, is ${is}` });
  }
  return found;
}

/** Of a case that is well: what its talks asked was answered, and nothing is the matter. */
export function judgeWell(run: CaseRun, report: Report): Found[] {
  const { spec } = run.id;
  const { world } = run;
  if (world === undefined) return [];
  const fine = spec.fine ?? [];
  const talks = spec.talks(world);
  const found = talks.flatMap((talk, i) => {
    const isOneWay = talk.kind !== "ping" && talk.oneWay;
    if (isOneWay) return [];
    return exchangesOf(report, talks, i, run.sent)
      .filter(({ outcome }) => outcome !== "answered")
      .filter(({ cause }) => cause === undefined || !fine.includes(cause.code))
      .map((exchange): Found => ({
        mark: exchange.outcome === "unknown" ? "unknown" : "wrong",
        complaint: `well, and the exchange ${exchange.id} is ${wordsOf(exchange)}`,
      }));
  });
  return [...found, ...strange(run, report.exchanges.flatMap(causesOf), fine)];
}

/** Causes that are not true. */
function strange(run: CaseRun, causes: readonly Cause[], allowed: readonly string[]): Found[] {
  return causes
    .filter(({ code }) => code !== "unexplained" && !allowed.includes(code))
    .map((cause) => ({
      mark: "wrong",
      complaint: `must not say ${short(plain(run, textOf(cause)))}`,
    }));
}

/** Nodes by their names in the case, without what makes them the session's own. */
const plain = (run: CaseRun, text: string) => text.replaceAll(`${run.key}.`, "");

function short(text: string): string {
  const line = text.split("\n")[0]!;
  return line.length > 240 ? `${line.slice(0, 240)}…` : line;
}
