/** A report of an incident against what is true. A wrong word is worse than a missing one. */
import type { Exchange, Report } from "../../../src/event/report.ts";
import type { AnyCase, Facts, Must, Place } from "./case.ts";
import { causesOf, sayingsOf, textOf, wordsOf } from "./exchange.ts";

/** How well a report told an incident, worst first. */
export const MARKS = ["invalid", "wrong", "weak", "right"] as const;
/** One of them. */
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

/** What no report may say, whatever the incident is. */
const NEVER: Facts = {
  "a remedy that opens a policy": /^\$ .* -P \S+ ACCEPT/m,
  "a remedy that deletes a controller's rule":
    /^\$ .* (-D|--delete|delete rule \S+ \S+) '?(KUBE-|cali-|FLANNEL-|CNI-|DOCKER|ufw-|LIBVIRT_)/m,
  "a remedy with a placeholder": /^\$ .*<[a-z]+>/m,
};

/** What is not right in a report of the incident, traced by the ask of this name. */
export function judgeFault(one: AnyCase, place: Place, ask: string, report: Report): Complaint[] {
  const complaints: Complaint[] = [];
  for (const must of one.musts(place) as Must[]) {
    if (must.ask !== undefined && must.ask !== ask) continue;
    const own = report.exchanges.filter((exchange) => isMeant(exchange, must));
    for (const each of judgeMust(own, must)) {
      const { protocol, client, server, port } = must;
      const name = `${protocol} ${client} to ${server}${port === undefined ? "" : ` port ${port}`}`;
      complaints.push({ ...each, text: `${name}: ${each.text}` });
    }
  }
  const said = sayingsOf(report);
  for (const [words, pattern] of Object.entries({ ...NEVER, ...one.never?.(place) })) {
    const found = said.find((text) => pattern.test(text));
    if (found === undefined) continue;
    const line = pattern.flags.includes("m") ? pattern.exec(found)![0] : found;
    complaints.push({ mark: "wrong", text: `must not say ${words}: ${short(line)}` });
  }
  return complaints;
}

/** Whether this is an exchange that the demand is about. */
export function isMeant({ protocol, client, server }: Exchange, must: Must): boolean {
  return protocol === must.protocol && client.address === must.client &&
    server.address === must.server && (must.port === undefined || server.port === must.port);
}

function judgeMust(own: readonly Exchange[], must: Must): Complaint[] {
  const wanted = must.outcomes.join(" or ");
  if (own.length === 0) return [{ mark: "weak", text: `no such exchange, must be ${wanted}` }];
  const fitting = own.filter(({ outcome }) => must.outcomes.includes(outcome));
  if (fitting.length > 0) return [...judgeTime(fitting, must), ...judgeCause(fitting, must)];
  const mark = own.some(({ outcome }) => outcome === "unknown") ? "weak" : "wrong";
  const complaint: Complaint = {
    mark,
    text: `must be ${wanted}, is ${[...new Set(own.map(wordsOf))].join("; ")}`,
  };
  return [complaint, ...judgeCause(own, must)];
}

function judgeTime(own: readonly Exchange[], { tookMsMin }: Must): Complaint[] {
  if (tookMsMin === undefined) return [];
  if (own.some(({ tookMs }) => tookMs !== undefined && tookMs >= tookMsMin)) return [];
  const took = own.map(({ tookMs }) => tookMs ?? "nothing").join(", ");
  return [{ mark: "weak", text: `must have taken ${tookMsMin} ms, took ${took}` }];
}

function judgeCause(own: readonly Exchange[], must: Must): Complaint[] {
  const causes = own.flatMap(causesOf);
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
  const text = [...right.map(textOf), ...own.map(({ sentence }) => sentence)].join("\n");
  for (const [words, pattern] of Object.entries(must.says ?? {})) {
    if (!pattern.test(text)) complaints.push({ mark: "weak", text: `does not say ${words}` });
  }
  return complaints;
}

/** What is not clean in a report of the healthy twin. */
export function judgeTwin(one: AnyCase, report: Report): Complaint[] {
  const fine = one.fineWhenWell ?? [];
  const bad = report.exchanges.filter(({ outcome }) => outcome !== "answered");
  const said = sayingsOf(report).filter((text) =>
    !fine.some((code) => text.startsWith(`${code},`))
  );
  return [
    ...(report.exchanges.length === 0
      ? [{ mark: "weak" as const, text: "healthy, and no exchange is reported" }]
      : []),
    ...bad.map((exchange) => ({
      mark: exchange.outcome === "unknown" ? "weak" as const : "wrong" as const,
      text: `healthy, and ${exchange.id} is ${wordsOf(exchange)}`,
    })),
    ...said.map((text) => ({ mark: "wrong" as const, text: `healthy, and says ${short(text)}` })),
  ];
}

function short(text: string): string {
  const line = text.split("\n")[0]!;
  return line.length > 240 ? `${line.slice(0, 240)}…` : line;
}
