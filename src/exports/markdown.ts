/** A report for a ticket: verdicts, paths, evidence, what to do, times in UTC, coverage. */
import type { Change, Exchange, Problem, Report } from "../event/report.ts";
import { changePlace, changeText, nearLines } from "../words/change.ts";
import { endPoint } from "../words/ends.ts";
import { mendedText } from "../words/mended.ts";
import { placeName } from "../words/place.ts";
import { clockInUtc, problemEnd, problemOutcome, problemSize } from "../words/problem.ts";
import { spanInUtc } from "../words/time.ts";
import { answeringEnds } from "./answered.ts";
import type { Export } from "./export.ts";
import { pathLines } from "./path_lines.ts";
import { fenced, MARKDOWN, plural } from "./writing.ts";

const { text } = MARKDOWN;
const time = (timeOfDay: string) => text(clockInUtc(timeOfDay));
const PLACE = { deviceMax: 64, netnsMax: 64, nodeMax: 64 };
/** What a ticket can be read with: of more, the worst. */
const PROBLEMS_MAX = 50;
const SERVICES_MAX = 50;
const CHANGES_MAX = 50;

/** Ends with a line break, as a file of text does. */
export const markdown = {
  format: "md",
  mediaType: "text/markdown",
  write: (report: Report) => `${blocks(report).join("\n\n")}\n`,
} as const satisfies Export;

function blocks(report: Report): string[] {
  const { incident, from, to, problems, exchanges, changes } = report;
  return [
    `# ${text(incident)}: ${headline(report)}`,
    [
      text(spanInUtc(from, to)),
      `${plural(exchanges.length, "exchange")}, ${plural(report.flows.length, "flow")}`,
    ].filter((line) => line !== "").join("\n"),
    ...problems.slice(0, PROBLEMS_MAX).flatMap((problem, i) => problemBlocks(problem, i, report)),
    ...more(problems.length - PROBLEMS_MAX, "problem"),
    ...(changes.length === 0 ? [] : [
      "## What changed on the nodes",
      changes.slice(-CHANGES_MAX).map(changeLine).join("\n"),
    ]),
    ...wellBlocks(exchanges),
    "## Coverage",
    coverage(report),
  ];
}

function headline({ problems }: Report): string {
  if (problems.length === 0) return "no known problem";
  const healed = problems.filter(({ state }) => state === "healed").length;
  return plural(problems.length, "problem") + (healed === 0 ? "" : ` (${healed} healed)`);
}

const more = (count: number, one: string): string[] =>
  count > 0 ? [`… and ${plural(count, one)} more.`] : [];

function problemBlocks(problem: Problem, index: number, report: Report): string[] {
  const { cause, gap, direction, lastHop, actions, example } = problem;
  const way = direction === "answer" ? "answers of " : "";
  const lines = [
    `- ${mendedText(problem, { time, nowMs: null })}`,
    ...nearLines(problem, report.changes, time, MARKDOWN).map((line) => `- ${line}`),
    `- last hop: ${placeName(lastHop, MARKDOWN, PLACE)}`,
    ...(cause
      ? [`- cause: **${text(cause.code)}**, ${cause.confidence}: ${text(cause.sentence, 2000)}`]
      : []),
    ...(gap === undefined ? [] : [`- not known, because: ${text(gap, 500)}`]),
  ];
  const flow = report.flows.find(({ id }) => id === example);
  return [
    `## ${index + 1}. ${problemOutcome(problem, MARKDOWN)}: ${way}${
      problemSize(problem, plural, MARKDOWN)
    } to ${problemEnd(problem, MARKDOWN)}`,
    lines.join("\n"),
    ...(cause && cause.evidence.length > 0
      ? [
        "Evidence:",
        cause.evidence.map(({ node, kind, text: words }) =>
          `- ${kind} on ${text(node)}: ${text(words, 2000)}`
        ).join("\n"),
      ]
      : []),
    ...(flow && flow.path.length > 0
      ? [
        `Path of ${text(endPoint(flow.source, flow.sourcePort))} → ${
          text(endPoint(flow.destination, flow.destinationPort))
        }, times within a node by its own clock:`,
        fenced(pathLines(flow)),
      ]
      : []),
    ...(actions.length > 0 ? ["What to do:", fenced(actions, "sh")] : []),
  ];
}

const changeLine = (change: Change): string =>
  `- ${time(change.by)} ${changeText(change, MARKDOWN)} ${changePlace(change, MARKDOWN)}`;

/** What got its answer and belongs to no problem, by the end that was asked. */
function wellBlocks(exchanges: readonly Exchange[]): string[] {
  const ends = answeringEnds(exchanges);
  if (ends.length === 0) return [];
  const lines = ends.slice(0, SERVICES_MAX).map(({ protocol, end, noun, ...counts }) =>
    `- ${text(`${protocol} ${end}`)}: ${plural(counts.exchanges, noun)} from ` +
    plural(counts.clients, "client")
  );
  return ["## Answered", lines.join("\n"), ...more(ends.length - SERVICES_MAX, "service")];
}

function coverage({ nodes }: Report): string {
  return nodes.map(({ name, kernel, bpftrace, scripts, events, lost, gaps = [] }) => {
    const attached = scripts.filter(({ state }) => state === "attached").length;
    const what = `Linux ${text(kernel)}, bpftrace ${text(bpftrace)}, ${attached} of ` +
      `${plural(scripts.length, "script")}, ${plural(events, "event")}, ` +
      (lost === 0 ? "none lost" : `${plural(lost, "event")} lost`);
    return [`- ${text(name)}: ${what}`, ...gaps.map((gap) => `  - ${text(gap, 300)}`)].join("\n");
  }).join("\n");
}
