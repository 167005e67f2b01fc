/** A report of an incident against what is true. A wrong word is worse than a missing one. */
import type { Report } from "../../../src/event/report.ts";
import type { AnyCase, Must, Place } from "./case.ts";
import { type Asked, askedIn, sayingsOf, textOf } from "./exchange.ts";

/** How well a report told an incident, worst first. */
export const MARKS = ["invalid", "wrong", "weak", "right"] as const;
export type Mark = typeof MARKS[number];

/** One thing that is not as it should be. */
export interface Complaint {
  mark: Mark;
  text: string;
}

/** The worst of several marks. */
export function worst(complaints: readonly Complaint[]): Mark {
  return MARKS.find((mark) => complaints.some((one) => one.mark === mark)) ?? "right";
}

/** What is not right in a report of the incident, traced by the ask of this name. */
export function judgeFault(one: AnyCase, place: Place, ask: string, report: Report): Complaint[] {
  const complaints: Complaint[] = [];
  const all = askedIn(report);
  for (const must of one.musts(place) as Must[]) {
    if (must.ask !== undefined && must.ask !== ask) continue;
    const own = all.filter((asked) => isMeant(asked, must));
    for (const each of judgeMust(own, must)) {
      const { protocol, client, server, port } = must;
      const name = `${protocol} ${client} to ${server}${port === undefined ? "" : ` port ${port}`}`;
      complaints.push({ ...each, text: `${name}: ${each.text}` });
    }
  }
  const never = one.never?.(place) ?? {};
  for (const [words, pattern] of Object.entries(never)) {
    const said = sayingsOf(report).find((text) => pattern.test(text));
    if (said !== undefined) {
      complaints.push({ mark: "wrong", text: `must not say ${words}: ${short(said)}` });
    }
  }
  return complaints;
}

/** Whether this is an exchange that the demand is about. */
export function isMeant(asked: Asked, must: Must): boolean {
  return asked.protocol === must.protocol && asked.client === must.client &&
    asked.server === must.server && (must.port === undefined || asked.port === must.port);
}

function judgeMust(own: readonly Asked[], must: Must): Complaint[] {
  const wanted = must.outcomes.join(" or ");
  if (own.length === 0) return [{ mark: "weak", text: `no such exchange, must be ${wanted}` }];
  const complaints: Complaint[] = [];
  const fitting = own.filter(({ outcome }) =>
    outcome === undefined || (must.outcomes as readonly string[]).includes(outcome)
  );
  if (own.some(({ outcome }) => outcome === undefined)) {
    complaints.push({ mark: "weak", text: "the report has no exchanges" });
  }
  if (fitting.length === 0) {
    const said = own[0]!.said;
    const mark = said === "unknown" ? "weak" : "wrong";
    complaints.push({ mark, text: `must be ${wanted}, is ${own.map(wordsOf).join("; ")}` });
  }
  return [...complaints, ...judgeCause(fitting.length > 0 ? fitting : own, must)];
}

function judgeCause(own: readonly Asked[], must: Must): Complaint[] {
  const causes = own.flatMap((asked) => asked.causes);
  const named = causes.filter(({ code }) => code !== "unexplained");
  const right = causes.filter(({ code }) => must.codes.includes(code));
  const complaints: Complaint[] = [];
  const allowed = [...must.codes, ...must.alsoTrue ?? []];
  for (const code of new Set(named.map((cause) => cause.code))) {
    if (allowed.includes(code)) continue;
    const cause = named.find((each) => each.code === code)!;
    complaints.push({ mark: "wrong", text: `says ${short(textOf(cause))}` });
  }
  if (must.codes.length === 0) return complaints;
  if (right.length === 0) {
    const instead = named.length === 0 ? "no cause" : named.map(({ code }) => code).join(", ");
    complaints.push({ mark: "weak", text: `must have ${must.codes.join(" or ")}, has ${instead}` });
    return complaints;
  }
  const text = right.map(textOf).join("\n");
  for (const [words, pattern] of Object.entries(must.says ?? {})) {
    if (!pattern.test(text)) complaints.push({ mark: "weak", text: `does not say ${words}` });
  }
  return complaints;
}

/** What is not clean in a report of the healthy twin. */
export function judgeTwin(one: AnyCase, report: Report): Complaint[] {
  const fine = one.fineWhenWell ?? [];
  const bad = askedIn(report).filter(({ outcome, said }) =>
    outcome === undefined ? BAD_FLOWS.includes(said) : outcome !== "answered" && outcome !== "slow"
  );
  const said = sayingsOf(report).filter((text) =>
    !fine.some((code) => text.startsWith(`${code},`))
  );
  return [
    ...bad.map((asked) => ({
      mark: asked.said === "unknown" ? "weak" as const : "wrong" as const,
      text: `healthy, and ${asked.id} is ${wordsOf(asked)}`,
    })),
    ...said.map((text) => ({ mark: "wrong" as const, text: `healthy, and says ${short(text)}` })),
  ];
}

const BAD_FLOWS = ["dropped", "vanished", "unanswered", "unknown"];

/** An exchange's outcome with its causes, in a line. */
export function wordsOf({ said, causes }: Asked): string {
  const codes = causes.map(({ code, confidence, rule }) => `${code} [${rule}] ${confidence}`);
  return `${said}, ${codes.join(", ") || "no cause"}`;
}

function short(text: string): string {
  const line = text.split("\n")[0]!;
  return line.length > 240 ? `${line.slice(0, 240)}…` : line;
}
