/** A whole report: what was found, worst first, then what was watched. */
import { EXCHANGE_OUTCOMES, OUTCOMES } from "../../event/codes.ts";
import type { Exchange, Report } from "../../event/report.ts";
import { countedLines } from "../../words/counted.ts";
import { problemsHead } from "../../words/problem.ts";
import { bySameCause, othersText } from "../../words/same_cause.ts";
import { spanInUtc } from "../../words/time.ts";
import { changesLines } from "./changes.ts";
import { coverageLines, shortCoverageLines } from "./coverage.ts";
import { conversationLines, nestedLines, withoutRemedies } from "./conversation.ts";
import { exchangeStyle, exchangeWord } from "./exchange.ts";
import { causeLines, toldKey } from "./finding.ts";
import { foldedLines, groupsOf, isInFlight, isWell, problemsOf } from "./folded.ts";
import { type Conversation, conversations } from "./group.ts";
import { type Look, lookOf, type RenderOptions } from "./look.ts";
import { problemLines, problemStyle } from "./problem.ts";
import { lineOf, shortGroupLines, shortProblemLines } from "./short.ts";
import { COUNTING, grouped, outcomeWord, placeText, plural, styleOf } from "./words.ts";

/** What is told with its way: a terminal is no place for a thousand. */
const WAYS_MAX = 12;
/** Flows that lost something by what was counted: a line each, of more the worst. */
const COUNTED_MAX = 6;
/** Lines about the others. */
const SHORT_MAX = 60;
/** Without a problem so many are told one by one; of more, those that are alike are told together. */
const ALONE_MAX = 6;

/**
 * A whole report as text, without a line end at its end. One thing that is wrong is told in full; of
 * several each in a few lines, so that they are seen together, unless `isFull` wants them all.
 */
export function renderReport(report: Report, options: RenderOptions): string {
  const look = lookOf(options);
  const all = conversations(report.flows, report.exchanges);
  const known = new Set(report.problems.map(({ id }) => id));
  // What belongs to a problem is told with it, or counted there.
  const others = all.filter((one) => !problemsOf(one).some((id) => known.has(id)));
  const folds = others.length > ALONE_MAX || known.size > 0;
  const groups = folds ? [...groupsOf(others).values()] : others.map((one) => [one]);
  const wrong = groups.filter(([first]) => !isWell(first!));
  const isShort = options.isFull !== true && known.size + wrong.length > 1;
  const telling: Telling = { report, options: { ...options, nodes: report.nodes }, isShort };
  const told = new Set<string>();
  const blocks = [
    ...problemBlocks(telling, all, told),
    ...groupBlocks(telling, wrong, told),
    ...wellBlocks(telling, groups.filter(([first]) => isWell(first!))),
  ];
  const lines = summaryLines(report, look);
  for (const block of blocks) lines.push("", ...block);
  if (report.flows.length === 0) lines.push("", ...look.lines(nothing(report), 0));
  const counted = countedLines(report.flows, look, { plural }, COUNTED_MAX);
  if (counted.length > 0) lines.push("", ...counted.flatMap((line) => look.lines(line, 0)));
  if (report.changes.length > 0) lines.push("", ...changesLines(report, look));
  lines.push("", ...isShort ? shortCoverageLines(report, look) : coverageLines(report, look));
  const more = moreLines(telling, look);
  return [...lines, ...more.length > 0 ? ["", ...more] : []].join("\n");
}

/** How a report is told. */
interface Telling {
  report: Report;
  options: RenderOptions;
  /** Each of several problems in a few lines. */
  isShort: boolean;
}

/** Each problem once, with the way of the packet that shows it best. */
function problemBlocks(
  { report, options, isShort }: Telling,
  all: readonly Conversation[],
  told: Set<string>,
): string[][] {
  const { problems } = report;
  const look = lookOf(options);
  const blocks: string[][] = [];
  const shown = new Set<Conversation>();
  const causes = isShort ? bySameCause(problems) : problems.map((first) => ({ first, others: [] }));
  let left = problems.length;
  for (const same of causes.slice(0, WAYS_MAX + SHORT_MAX)) {
    const problem = same.first;
    left -= 1 + same.others.length;
    const others = othersText(same, COUNTING, look);
    const example = blocks.length >= WAYS_MAX
      ? undefined
      : all.find(({ flow, replies }) =>
        [flow, ...replies].some(({ id }) => id === problem.example)
      );
    if (isShort && blocks.length < WAYS_MAX) {
      blocks.push([
        ...shortProblemLines(problem, example, report, look, told),
        ...others === "" ? [] : look.lines(others, 2),
      ]);
      continue;
    }
    const block = problemLines(problem, report, look);
    if (example && !shown.has(example)) {
      shown.add(example);
      const one = problem.state === "healed" ? withoutRemedies(example) : example;
      block.push("", ...nestedLines(one, options, told));
    } else block.push(...look.lines(`last hop ${placeText(problem.lastHop, look)}`, 2));
    // The flow that shows it best may be gone from the report, and its cause with it.
    const { cause, state } = problem;
    const isTold = cause === undefined || told.has(toldKey(cause));
    const remedy = state === "healed" ? [] : cause?.remedy ?? [];
    if (!isTold) block.push(...causeLines([{ ...cause, remedy }], told, look));
    if (others !== "") block.push(...look.lines(others, 2));
    blocks.push(block);
  }
  if (left > 0) {
    blocks.push([`${look.glyph.ellipsis} and ${plural(left, "problem")} more, see --json`]);
  }
  return blocks;
}

/** What is not well and belongs to no problem. */
function groupBlocks(
  { report, options, isShort }: Telling,
  groups: readonly Conversation[][],
  told: Set<string>,
): string[][] {
  const look = lookOf(options);
  const blocks: string[][] = [];
  const short: string[] = [];
  for (const group of groups) {
    const [first] = group as [Conversation];
    // Of what is on its way when the trace ends, no one can say more.
    const isTold = blocks.length < WAYS_MAX && !(isShort && isInFlight(first));
    if (isTold && isShort) blocks.push(shortGroupLines(group, report, look, told));
    else {
      if (isTold) blocks.push(conversationLines(first, options, told));
      if (group.length > 1 || !isTold) short.push(...foldedLines(group, look));
    }
  }
  return short.length > 0 ? [...blocks, cut(short, look)] : blocks;
}

/** What is well: alike ones in a line, and one that stands alone with its way, where there is room. */
function wellBlocks({ options, isShort }: Telling, groups: readonly Conversation[][]): string[][] {
  const look = lookOf(options);
  const blocks: string[][] = [];
  const short: string[] = [];
  for (const group of groups) {
    const [first] = group as [Conversation];
    if (group.length > 1) short.push(...foldedLines(group, look));
    else if (isShort || blocks.length >= WAYS_MAX) short.push(...lineOf(first, look));
    else blocks.push(conversationLines(first, options, new Set()));
  }
  return short.length > 0 ? [...blocks, cut(short, look)] : blocks;
}

function cut(lines: string[], look: Look): string[] {
  const left = lines.length - SHORT_MAX;
  if (left <= 0) return lines;
  return [
    ...lines.slice(0, SHORT_MAX),
    `${look.glyph.ellipsis} and ${plural(left, "line")} more, see --json`,
  ];
}

/** Where the rest is: what a cause means, and every hop. */
function moreLines({ report, options, isShort }: Telling, look: Look): string[] {
  const all = [...report.problems, ...report.exchanges, ...report.flows];
  const code = all.find((one) => one.cause !== undefined)?.cause?.code;
  const means = code === undefined ? [] : look.lines(`More: lasthop explain ${code}`, 0, "dim");
  const { fullCommand } = options;
  if (!isShort || fullCommand === undefined) return means;
  const text = `Every hop and all evidence: ${look.text(fullCommand, 300)}`;
  return [...means, ...look.lines(text, 0, "dim")];
}

/** What a report holds, in one line or two. */
export function renderSummary(report: Report, options: RenderOptions): string {
  return summaryLines(report, lookOf(options)).join("\n");
}

/** `2 exchanges: 1 mis-answered, 1 answered`; "" where none was judged. */
function exchangesText(exchanges: readonly Exchange[]): string {
  if (exchanges.length === 0) return "";
  const counts = EXCHANGE_OUTCOMES.map((outcome) => ({
    outcome,
    count: exchanges.filter((exchange) => exchange.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const words = counts.map(({ outcome, count }) => `${grouped(count)} ${exchangeWord(outcome)}`);
  return `${plural(exchanges.length, "exchange")}: ${words.join(", ")}; `;
}

/** `3 problems (1 healed), 315 of 1,168 TCP connections`; "" where there is none. */
function problemsText({ problems, flows, exchanges }: Report): string {
  if (problems.length === 0) return "";
  const known = problems.filter(({ severity }) => severity !== "unknown");
  // Where of none it is known how it ended, that is no reason to begin with there being none.
  const told = known.length > 0 ? known : problems;
  const ids = new Set(told.map(({ id }) => id));
  const all = conversations(flows, exchanges);
  const failed = all.filter((one) => problemsOf(one).some((id) => ids.has(id))).length;
  const protocols = new Set(all.map(({ flow }) => flow.protocol));
  const share = { failed, total: all.length, protocols };
  const head = problemsHead(told, share, COUNTING, bySameCause(told).length);
  const left = problems.length - known.length;
  if (left === 0) return head;
  return known.length === 0
    ? `${head}; how ${failed === 1 ? "it" : "they"} ended is not known`
    : `${head}; of ${grouped(left)} more it is not known how it ended`;
}

function summaryLines(report: Report, look: Look): string[] {
  const { incident, from, to, problems, exchanges, flows } = report;
  const counted = OUTCOMES.map((outcome) => ({
    outcome,
    count: flows.filter((flow) => flow.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const verdicts = counted.map(({ outcome, count }) => `${grouped(count)} ${outcomeWord(outcome)}`);
  const total = plural(flows.length, "flow");
  const flowsText = verdicts.length === 0 ? total : `${total}: ${verdicts.join(", ")}`;
  const counts = exchangesText(exchanges) + flowsText;
  const worst = exchanges[0] !== undefined
    ? exchangeStyle(exchanges[0].outcome)
    : counted[0] === undefined
    ? "bold"
    : styleOf(counted[0].outcome);
  const [first] = problems;
  const style = first === undefined ? worst : problemStyle(first);
  const head = `${look.text(incident, 80)}  ${problemsText(report) || counts}`;
  const time = spanInUtc(from, to);
  return [
    ...look.lines(head, 0).map((line) => look.paint(style, line)),
    ...first === undefined ? [] : look.lines(counts, 0, "dim"),
    ...time === "" ? [] : look.lines(look.text(time), 0, "dim"),
  ];
}

function nothing({ nodes }: Report): string {
  const events = nodes.reduce((sum, node) => sum + node.events, 0);
  if (events > 0) return `No flow in ${plural(events, "event")}: none belongs to a packet.`;
  return "No packet was seen. Was traffic sent while everything was attached, and does the " +
    "filter match it?";
}
