/** What a person is told of a report, block by block: verdicts, paths, evidence, what to do, coverage. */
import type { Change, Exchange, Flow, Problem, Report } from "../event/report.ts";
import { changePlace, changeText, nearLines } from "../words/change.ts";
import { countedLines } from "../words/counted.ts";
import { endedWords } from "../words/ended.ts";
import { endPoint } from "../words/ends.ts";
import { mendedText } from "../words/mended.ts";
import { placeName } from "../words/place.ts";
import { clockInUtc, problemEnd, problemOutcome, problemSize } from "../words/problem.ts";
import { bySameCause, othersText, type SameCause } from "../words/same_cause.ts";
import { spanInUtc } from "../words/time.ts";
import { answeringEnds } from "./answered.ts";
import { grouped, PLAIN, plural } from "./writing.ts";

/** A piece of a line: a form escapes it, and writes a strong one so that it stands out. */
export type Piece = string | { strong: string };

/** A line of a list, and what belongs to it. */
export interface Item {
  pieces: readonly Piece[];
  inner?: readonly string[];
}

/** What stands in a report for people. Its texts are cut to size, and not escaped. */
export type Block =
  | { kind: "title"; text: string }
  /** Begins a part. `about`: the problem that it tells, and the flow that shows it best. */
  | { kind: "heading"; text: string; about?: { problem: Problem; flow?: Flow | undefined } }
  | { kind: "lines"; lines: readonly string[] }
  | { kind: "list"; items: readonly Item[] }
  | { kind: "commands"; lines: readonly string[] }
  | { kind: "path"; flow: Flow };

const { text } = PLAIN;
const time = (timeOfDay: string) => text(clockInUtc(timeOfDay));
const PLACE = { deviceMax: 64, netnsMax: 64, nodeMax: 64 };
/** What a ticket can be read with: of more, the worst. */
const PROBLEMS_MAX = 50;
const SERVICES_MAX = 50;
const CHANGES_MAX = 50;
const COUNTED_MAX = 50;
/** Characters of a sentence of the analysis. */
const SENTENCE_MAX = 2000;

const lines = (...all: string[]): Block => ({ kind: "lines", lines: all });
const list = (items: readonly string[]): Block => ({
  kind: "list",
  items: items.map((item) => ({ pieces: [item] })),
});

/** The blocks in the order in which they are read. */
export function told(report: Report): Block[] {
  const { incident, from, to, problems, exchanges, changes, flows } = report;
  const causes = bySameCause(problems);
  return [
    { kind: "title", text: `${text(incident)}: ${headline(report)}` },
    lines(
      ...[text(spanInUtc(from, to))].filter((line) => line !== ""),
      `${plural(exchanges.length, "exchange")}, ${plural(flows.length, "flow")}`,
    ),
    ...causes.slice(0, PROBLEMS_MAX).flatMap((same, i) => causeBlocks(same, i, report)),
    ...more(
      causes.slice(PROBLEMS_MAX).reduce((sum, { others }) => sum + 1 + others.length, 0),
      "problem",
    ),
    ...countedBlocks(flows),
    ...(changes.length === 0 ? [] : [
      { kind: "heading", text: "What changed on the nodes" } as const,
      list(changes.slice(-CHANGES_MAX).map(changeLine)),
    ]),
    ...wellBlocks(exchanges),
    { kind: "heading", text: "Coverage" },
    coverage(report),
  ];
}

/** The first of the problems that have one cause, and towards which ends the others are. */
function causeBlocks(same: SameCause<Problem>, index: number, report: Report): Block[] {
  const others = othersText(same, { grouped, plural }, PLAIN);
  const blocks = problemBlocks(same.first, index, report);
  return others === "" ? blocks : [...blocks, lines(others)];
}

function headline({ problems }: Report): string {
  if (problems.length === 0) return "no known problem";
  const healed = problems.filter(({ state }) => state === "healed").length;
  const causes = bySameCause(problems).length;
  const of = causes < problems.length ? ` of ${plural(causes, "cause")}` : "";
  return plural(problems.length, "problem") + of + (healed === 0 ? "" : ` (${healed} healed)`);
}

const more = (count: number, one: string): Block[] =>
  count > 0 ? [lines(`… and ${plural(count, one)} more.`)] : [];

function problemBlocks(problem: Problem, index: number, report: Report): Block[] {
  const { cause, gap, direction, lastHop, actions, example } = problem;
  const way = direction === "answer" ? "answers of " : "";
  const flow = report.flows.find(({ id }) => id === example);
  const items: Item[] = [
    { pieces: [mendedText(problem, { time, nowMs: null })] },
    ...nearLines(problem, report.changes, time, PLAIN).map((line) => ({ pieces: [line] })),
    { pieces: [`last hop: ${placeName(lastHop, PLAIN, PLACE)}`] },
    ...(cause === undefined ? [] : [{
      pieces: [
        "cause: ",
        { strong: text(cause.code) },
        `, ${cause.confidence}: ${text(cause.sentence, SENTENCE_MAX)}`,
      ],
    }]),
    ...(gap === undefined ? [] : [{ pieces: [`not known, because: ${text(gap, 500)}`] }]),
  ];
  const evidence = (cause?.evidence ?? []).map(({ node, kind, text: words }) =>
    `${kind} on ${text(node)}: ${text(words, SENTENCE_MAX)}`
  );
  const heading = `${index + 1}. ${problemOutcome(problem, PLAIN)}: ${way}${
    problemSize(problem, plural, PLAIN)
  } to ${problemEnd(problem, PLAIN)}`;
  return [
    { kind: "heading", text: heading, about: { problem, flow } },
    { kind: "list", items },
    ...(evidence.length === 0 ? [] : [lines("Evidence:"), list(evidence)]),
    ...(flow && flow.path.length > 0
      ? [lines(pathCaption(flow)), { kind: "path", flow } as const]
      : []),
    ...(actions.length === 0 ? [] : [
      lines("What to do:"),
      // A command that was cut would be another one.
      { kind: "commands", lines: actions.map((action) => text(action, action.length)) } as const,
    ]),
  ];
}

const pathCaption = ({ source, sourcePort, destination, destinationPort }: Flow): string =>
  `Path of ${text(endPoint(source, sourcePort))} → ` +
  `${text(endPoint(destination, destinationPort))}, times within a node by its own clock:`;

/** What counters tell, where not all packets were told one by one. */
function countedBlocks(flows: readonly Flow[]): Block[] {
  const counted = countedLines(flows, PLAIN, { plural }, COUNTED_MAX);
  return counted.length === 0 ? [] : [{ kind: "heading", text: "Counted" }, list(counted)];
}

const changeLine = (change: Change): string =>
  `${time(change.by)} ${changeText(change, PLAIN)} ${changePlace(change, PLAIN)}`;

/** What got its answer and belongs to no problem, by the end that was asked. */
function wellBlocks(exchanges: readonly Exchange[]): Block[] {
  const ends = answeringEnds(exchanges);
  if (ends.length === 0) return [];
  const services = ends.slice(0, SERVICES_MAX).map(({ protocol, end, noun, ...counts }) =>
    `${text(`${protocol} ${end}`)}: ${plural(counts.exchanges, noun)} from ` +
    plural(counts.clients, "client")
  );
  return [
    { kind: "heading", text: "Answered" },
    list(services),
    ...more(ends.length - SERVICES_MAX, "service"),
  ];
}

function coverage({ nodes }: Report): Block {
  if (nodes.length === 0) return lines("No node has reported yet.");
  const items = nodes.map((node) => {
    const { name, kernel, bpftrace, scripts, events, lost, gaps = [] } = node;
    const attached = scripts.filter(({ state }) => state === "attached").length;
    const what = `Linux ${text(kernel)}, bpftrace ${text(bpftrace)}, ${attached} of ` +
      `${plural(scripts.length, "script")}, ${plural(events, "event")}, ` +
      (lost === 0 ? "none lost" : `${plural(lost, "event")} lost`) + text(endedWords(node, nodes));
    return { pieces: [`${text(name)}: ${what}`], inner: gaps.map((gap) => text(gap, 300)) };
  });
  return { kind: "list", items };
}
