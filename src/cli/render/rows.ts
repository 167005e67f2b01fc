/** The rows of the list: problems first, then what is not well, then what is, alike ones in one row. */
import type { Problem, Report } from "../../event/report.ts";
import { conversationLines, nestedLines, withoutRemedies } from "./conversation.ts";
import { renderExchangeLine } from "./exchange.ts";
import { renderFlowLine } from "./flow_line.ts";
import { foldedLines, groupsOf, isOpen, isWell, problemsOf } from "./folded.ts";
import { type Conversation, conversations } from "./group.ts";
import { type Look, lookOf, type RenderOptions } from "./look.ts";
import { problemHead, problemLines, whenLines } from "./problem.ts";
import { grouped, placeText } from "./words.ts";

/** Conversations of a row that its detail lists; more are counted. */
const LISTED_MAX = 500;

/** One row. */
export interface Row {
  /** Stays while the row grows and others come. */
  id: string;
  /** Of a problem `active`, `healed` or `ended`; else "". */
  state: string;
  /** Of something that is in flight yet. */
  isOpen: boolean;
  /** The conversations it is about. */
  own: readonly Conversation[];
  /** What the list shows of it. */
  lines(look: Look): string[];
  /** The same with one path, and why it ended there. */
  first(options: RenderOptions): string[];
  /** All that is known of it: also each of those that are folded in it. */
  detail(options: RenderOptions): string[];
}

/** A conversation with all that is known of it, where the report has only what a list shows. */
export type Whole = (one: Conversation) => Conversation;

/** The rows of a report, in the order of the list. */
export function rowsOf(report: Report, whole: Whole = (one) => one): Row[] {
  const all = conversations(report.flows, report.exchanges);
  const ofProblem = new Map<string, Conversation[]>(report.problems.map(({ id }) => [id, []]));
  const others: Conversation[] = [];
  for (const one of all) {
    const own = new Set(problemsOf(one).filter((id) => ofProblem.has(id)));
    for (const id of own) ofProblem.get(id)!.push(one);
    if (own.size === 0) others.push(one);
  }
  const groups = [...groupsOf(others)];
  return [
    ...report.problems.map((problem) =>
      problemRow(problem, ofProblem.get(problem.id)!, report, whole)
    ),
    ...groups.filter(([, [first]]) => !isWell(first!))
      .map((group) => groupRow(group, report, whole)),
    ...groups.filter(([, [first]]) => isWell(first!))
      .map((group) => groupRow(group, report, whole)),
  ];
}

function problemRow(
  problem: Problem,
  own: readonly Conversation[],
  report: Report,
  whole: Whole,
): Row {
  const first = (options: RenderOptions) => {
    const found = own.find(({ flow, replies }) =>
      [flow, ...replies].some(({ id }) => id === problem.example)
    );
    const example = found && whole(found);
    const shown = example && (problem.state === "healed" ? withoutRemedies(example) : example);
    return [
      ...problemLines(problem, report, lookOf(options)),
      ...shown ? ["", ...nestedLines(shown, withNodes(options, report), new Set())] : [],
    ];
  };
  return {
    id: `problem ${problem.id}`,
    state: problem.state,
    isOpen: false,
    own,
    lines: (look) => [
      ...problemHead(problem, look),
      ...look.lines(`at ${placeText(problem.lastHop, look)}`, 2, "dim"),
      ...whenLines(problem, report.nodes, look),
    ],
    first,
    detail: (options) => [...first(options), ...listed(own, options, whole)],
  };
}

function groupRow([key, group]: [string, Conversation[]], report: Report, whole: Whole): Row {
  const [one] = group as [Conversation];
  const first = (options: RenderOptions) => [
    ...group.length > 1 ? [...foldedLines(group, lookOf(options)), ""] : [],
    ...conversationLines(whole(one), withNodes(options, report), new Set()),
  ];
  return {
    id: `group ${key}`,
    state: "",
    isOpen: isOpen(one),
    own: group,
    lines: (look) => {
      if (group.length > 1) return foldedLines(group, look);
      return look.lines(lineOf(whole(one), look), 2).map((line, i) =>
        i === 0 ? line.slice(2) : line
      );
    },
    first,
    detail: (options) => [...first(options), ...listed(group, options, whole)],
  };
}

const withNodes = (options: RenderOptions, { nodes }: Report): RenderOptions => ({
  ...options,
  nodes,
});

/** Each of several conversations in a line. */
function listed(all: readonly Conversation[], options: RenderOptions, whole: Whole): string[] {
  if (all.length < 2) return [];
  const look = lookOf(options);
  const lines = all.slice(0, LISTED_MAX)
    .flatMap((one) => look.lines(lineOf(whole(one), look), 2, "dim"));
  const left = all.length - LISTED_MAX;
  const more = left > 0 ? [`${look.glyph.ellipsis} and ${left} more`] : [];
  return ["", look.paint("bold", `all ${grouped(all.length)} of them`), ...lines, ...more];
}

/** Without colours, so that it can be wrapped. */
function lineOf({ exchange, flow }: Conversation, { width, glyph }: Look): string {
  const options = { width, colour: false, ascii: glyph.arrow === "->" };
  return exchange ? renderExchangeLine(exchange, options) : renderFlowLine(flow, options);
}
