/** A report against what is true. A wrong word is worse than none, so the two are told apart. */
import type { Flow, Report } from "../../../src/event/report.ts";
import type { Sent, Talk } from "../traffic/talk.ts";
import { wordsOf as wordsOfExchange } from "../../cases/bench/exchange.ts";
import { exchangesOf, judgeCame, judgeWell } from "./came.ts";
import type { CaseRun } from "./case_run.ts";
import { type Mark, worst } from "./mark.ts";
import { delivered, type Verdict } from "./spec.ts";

export interface Score {
  mark: Mark;
  /** What is not as it should be, one line each. */
  complaints: string[];
  /** What lasthop said of the first flow in question. */
  said: string;
}

const BAD: readonly string[] = ["dropped", "vanished", "unanswered"];

export function score(run: CaseRun, report: Report): Score {
  if (run.broken !== undefined || run.world === undefined) {
    return { mark: "invalid", complaints: [run.broken ?? "no world"], said: "" };
  }
  const { spec, kind } = run.id;
  const talks = spec.talks(run.world);
  const verdicts = kind === "fault"
    ? spec.verdicts?.(run.world, run.sent) ?? []
    : talks.flatMap((talk, i) => wellOf(talk, i));
  const found = new Set<Flow>();
  const marks: { mark: Mark; complaint?: string }[] = [];
  let said = "";
  for (const verdict of verdicts) {
    const flows = flowsOf(report, verdict, talks, run.sent);
    const name = wordsOf(verdict, talks);
    if (flows.length === 0) marks.push({ mark: "unknown", complaint: `${name}: no such flow` });
    for (const flow of flows) {
      found.add(flow);
      said ||= sayingOf(run, flow);
      marks.push(
        ...compare(run, flow, verdict, report).map(({ mark, complaint }) => ({
          mark,
          complaint: `${name}: ${complaint}`,
        })),
      );
    }
  }
  const came = kind === "fault" ? spec.came?.(run.world, run.sent) ?? [] : [];
  const codes = new Set([
    ...verdicts.flatMap((verdict) => verdict.codes),
    ...came.flatMap(({ codes, alsoTrue = [] }) => [...codes, ...alsoTrue]),
    ...kind === "fault" ? [] : spec.fine ?? [],
  ]);
  marks.push(...strangers(run, report.flows.filter((flow) => !found.has(flow)), codes));
  marks.push(...kind === "fault" ? judgeCame(run, report) : judgeWell(run, report));
  for (const { talk = 0 } of came) {
    const exchange = exchangesOf(report, talks, talk, run.sent)[0];
    if (exchange !== undefined) said ||= wordsOfExchange(exchange);
  }
  const complaints = marks.flatMap(({ complaint }) => complaint ?? []);
  return { mark: worst(marks.map(({ mark }) => mark)), complaints, said };
}

function wellOf(talk: Talk, i: number): Verdict[] {
  const isOneWay = talk.kind !== "ping" && talk.oneWay;
  return [delivered({ talk: i }), ...(isOneWay ? [] : [delivered({ talk: i, reply: true })])];
}

/** `during` sends every talk a second time. */
const talkOf = (verdict: Verdict, talks: readonly Talk[]) =>
  talks[(verdict.talk ?? 0) % talks.length]!;

function flowsOf(
  report: Report,
  verdict: Verdict,
  talks: readonly Talk[],
  sent: readonly Sent[],
): Flow[] {
  const talk = talkOf(verdict, talks);
  const { sourcePort } = sent[verdict.talk ?? 0] ?? {};
  const six = talk.to.includes(":");
  const protocol = verdict.protocol ??
    (talk.kind === "ping" ? (six ? "icmp6" : "icmp") : talk.kind);
  const requests = report.flows.filter((flow) =>
    flow.protocol === protocol && flow.replyOf === undefined &&
    flow.destination === (verdict.reply ? talk.to : verdict.destination ?? talk.to) &&
    (verdict.reply || verdict.source === undefined || flow.source === verdict.source) &&
    (talk.kind === "ping" || flow.destinationPort === talk.port) &&
    (sourcePort === undefined || sourcePort === 0 || flow.sourcePort === sourcePort)
  );
  if (!verdict.reply) return requests;
  const ids = new Set(requests.map((flow) => flow.id));
  return report.flows.filter((flow) => flow.replyOf !== undefined && ids.has(flow.replyOf));
}

function compare(
  run: CaseRun,
  flow: Flow,
  verdict: Verdict,
  report: Report,
): { mark: Mark; complaint: string }[] {
  const got = sayingOf(run, flow);
  const code = flow.cause?.code;
  const right = verdict.codes.length === 0
    ? code === undefined
    : code && verdict.codes.includes(code);
  const wants = verdict.codes.join(" or ") || "no cause";
  const isUndecided = isOpen(flow) || isAnswerOpen(flow, verdict, report);
  if (!verdict.outcomes.includes(flow.outcome)) {
    const mark = isUndecided && (right || !code || code === "unexplained") ? "unknown" : "wrong";
    return [{ mark, complaint: `must be ${verdict.outcomes.join(" or ")} (${wants}), is ${got}` }];
  }
  if (!right) {
    const mark = verdict.codes.length > 0 && (!code || code === "unexplained")
      ? "unknown"
      : "wrong";
    return [{ mark, complaint: `must have ${wants}, is ${got}` }];
  }
  const { device, stage } = flow.lastHop;
  const node = bare(run, flow.lastHop.node);
  if (verdict.at && !verdict.at.some(([n, d]) => n === node && d === device)) {
    const places = verdict.at.map(([n, d]) => `${n}:${d}`).join(" or ");
    // What is not known ends where it was last seen: that says nothing that is not so.
    const mark = isUndecided && code === undefined ? "unknown" : "wrong";
    return [{ mark, complaint: `must end at ${places}, is ${got}` }];
  }
  if (verdict.stages && !verdict.stages.includes(stage)) {
    return [{ mark: "wrong", complaint: `must end in ${verdict.stages.join(" or ")}, is ${got}` }];
  }
  const others = (flow.otherCauses ?? []).map((other) => other.code);
  const strange = others.find((other) => other !== "unexplained" && !verdict.codes.includes(other));
  if (strange !== undefined) {
    return [{
      mark: "wrong",
      complaint: `must have no other cause, has ${strange} besides ${got}`,
    }];
  }
  if (verdict.remedy && (flow.cause?.remedy ?? []).length === 0) {
    return [{ mark: "incomplete", complaint: `must have a remedy, is ${got}` }];
  }
  return [];
}

const isOpen = ({ outcome }: { outcome: string }) =>
  outcome === "unknown" || outcome === "in-flight";

/**
 * That packets were delivered is true also of questions that got no answer. Whether there was one is told
 * of their exchange, and where that is not known the flow says nothing that is not so.
 */
function isAnswerOpen(
  { id, outcome }: Flow,
  { outcomes }: Verdict,
  { exchanges }: Report,
): boolean {
  return outcome === "delivered" && outcomes.includes("unanswered") &&
    exchanges.some((exchange) => exchange.question === id && isOpen(exchange));
}

/** Nothing else may be in trouble, except by the same fault. */
function strangers(run: CaseRun, flows: readonly Flow[], codes: ReadonlySet<string>) {
  const ignored = run.world ? run.id.spec.ignore?.(run.world) ?? [] : [];
  return flows.filter((flow) =>
    BAD.includes(flow.outcome) && !(flow.cause && codes.has(flow.cause.code)) &&
    !ignored.some((word) => flow.id.includes(word))
  ).map((flow) => ({
    mark: "wrong" as const,
    complaint: `${flow.id} is in trouble for no reason: ${sayingOf(run, flow)}`,
  }));
}

const bare = (run: CaseRun, node: string) => node.replace(`${run.key}.`, "");

export function sayingOf(run: CaseRun, flow: Flow): string {
  const { lastHop, cause, packets } = flow;
  const place = `${bare(run, lastHop.node)}:${lastHop.device} ${lastHop.stage}`;
  const reason = lastHop.reason ? ` ${lastHop.reason}` : "";
  const by = cause ? `${cause.code} [${cause.rule}] ${cause.confidence}` : "no cause";
  const counts = `${packets.delivered}/${packets.seen}`;
  return `${flow.outcome} at ${place}${reason}, ${by} (${counts} delivered)` +
    (flow.gap ? `, gap: ${flow.gap}` : "");
}

function wordsOf(verdict: Verdict, talks: readonly Talk[]): string {
  const talk = talkOf(verdict, talks);
  return `${verdict.reply ? "reply to " : ""}${talk.kind} ${talk.to}`;
}
