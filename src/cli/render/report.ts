/** A whole report: what was found, worst first, then what was watched. */
import { EXCHANGE_OUTCOMES, OUTCOMES } from "../../event/codes.ts";
import type { Exchange, Problem, Report } from "../../event/report.ts";
import { spanInUtc } from "../../words/time.ts";
import { changesLines } from "./changes.ts";
import { coverageLines } from "./coverage.ts";
import { conversationLines, nestedLines, withoutRemedies } from "./conversation.ts";
import { exchangeStyle, exchangeWord } from "./exchange.ts";
import { foldedLines, groupsOf, isWell, problemsOf } from "./folded.ts";
import { type Conversation, conversations } from "./group.ts";
import { type Look, lookOf, type RenderOptions } from "./look.ts";
import { problemLines } from "./problem.ts";
import { outcomeWord, plural, styleOf } from "./words.ts";

/** Problems, and other exchanges, that are told in full: a terminal is no place for a thousand. */
const FULL_MAX = 12;
/** Lines about the others. */
const SHORT_MAX = 60;
/** So many fit on a screen one by one; of more, those that are alike are told together. */
const ALONE_MAX = 6;

/** A whole report as text, without a line end at its end. */
export function renderReport(report: Report, options: RenderOptions): string {
  const look = lookOf(options);
  const withNodes = { ...options, nodes: report.nodes };
  const lines = summaryLines(report, look);
  const all = conversations(report.flows, report.exchanges);
  const known = new Set(report.problems.map(({ id }) => id));
  const told = new Set<string>();
  const blocks = [
    ...problemBlocks(report, all, withNodes, told),
    // What belongs to a problem is told with it, or counted there.
    ...otherBlocks(
      all.filter((one) => !problemsOf(one).some((id) => known.has(id))),
      withNodes,
      told,
    ),
  ];
  for (const block of blocks) lines.push("", ...block);
  if (report.flows.length === 0) lines.push("", ...look.lines(nothing(report), 0));
  if (report.changes.length > 0) lines.push("", ...changesLines(report.changes, look));
  lines.push("", ...coverageLines(report, look));
  const cause = [...report.problems, ...report.exchanges, ...report.flows]
    .find((one) => one.cause !== undefined)?.cause;
  if (cause) lines.push("", ...look.lines(`More: lasthop explain ${cause.code}`, 0, "dim"));
  return lines.join("\n");
}

/** Each problem once, with the way of the packet that shows it best. */
function problemBlocks(
  { problems, changes }: Report,
  all: readonly Conversation[],
  options: RenderOptions,
  told: Set<string>,
): string[][] {
  const look = lookOf(options);
  const blocks: string[][] = [];
  const shown = new Set<Conversation>();
  for (const problem of problems.slice(0, FULL_MAX + SHORT_MAX)) {
    const block = problemLines(problem, changes, look);
    const example = all.find(({ flow, replies }) =>
      [flow, ...replies].some(({ id }) => id === problem.example)
    );
    if (example && blocks.length < FULL_MAX && !shown.has(example)) {
      shown.add(example);
      const one = problem.state === "healed" ? withoutRemedies(example) : example;
      block.push("", ...nestedLines(one, options, told));
    }
    blocks.push(block);
  }
  const left = problems.length - blocks.length;
  if (left > 0) {
    blocks.push([`${look.glyph.ellipsis} and ${plural(left, "problem")} more, see --json`]);
  }
  return blocks;
}

/** What belongs to no problem: what is not well in full, then what is well, by whom it asked. */
function otherBlocks(
  others: readonly Conversation[],
  options: RenderOptions,
  told: Set<string>,
): string[][] {
  const look = lookOf(options);
  const groups = others.length > ALONE_MAX
    ? [...groupsOf(others).values()]
    : others.map((one) => [one]);
  const blocks: string[][] = [];
  const short: string[] = [];
  for (const group of groups) {
    const [first] = group;
    if (group.length > 1 && isWell(first!)) short.push(...foldedLines(group, look));
    else if (blocks.length < FULL_MAX) {
      blocks.push(conversationLines(first!, options, told));
      if (group.length > 1) short.push(...foldedLines(group, look));
    } else short.push(...foldedLines(group, look));
  }
  const cut = short.slice(0, SHORT_MAX);
  if (short.length > cut.length) {
    cut.push(
      `${look.glyph.ellipsis} and ${plural(short.length - cut.length, "line")} more, see --json`,
    );
  }
  return cut.length > 0 ? [...blocks, cut] : blocks;
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
  const words = counts.map(({ outcome, count }) => `${count} ${exchangeWord(outcome)}`);
  return `${plural(exchanges.length, "exchange")}: ${words.join(", ")}; `;
}

/** `3 problems, 1 of them healed; `; "" where there is none. */
function problemsText(problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const counts = (["healed", "ended"] as const).map((state) => ({
    state,
    count: problems.filter((problem) => problem.state === state).length,
  })).filter(({ count }) => count > 0);
  const words = counts.map(({ state, count }) => `${count} ${state}`);
  const more = words.length === 0 ? "" : ` (${words.join(", ")})`;
  return `${plural(problems.length, "problem")}${more}; `;
}

function summaryLines(
  { incident, from, to, problems, exchanges, flows }: Report,
  look: Look,
): string[] {
  const counted = OUTCOMES.map((outcome) => ({
    outcome,
    count: flows.filter((flow) => flow.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const verdicts = counted.map(({ outcome, count }) => `${count} ${outcomeWord(outcome)}`);
  const total = plural(flows.length, "flow");
  const counts = verdicts.length === 0 ? total : `${total}: ${verdicts.join(", ")}`;
  const what = problemsText(problems) + exchangesText(exchanges) + counts;
  const worst = counted[0]?.outcome;
  const lines = look.lines(`${look.text(incident, 80)}  ${what}`, 0);
  const worstExchange = exchanges[0]?.outcome;
  const style = worstExchange !== undefined
    ? exchangeStyle(worstExchange)
    : worst === undefined
    ? "bold"
    : styleOf(worst);
  const time = spanInUtc(from, to);
  return [
    ...lines.map((line) => look.paint(style, line)),
    ...time === "" ? [] : look.lines(look.text(time), 0, "dim"),
  ];
}

function nothing({ nodes }: Report): string {
  const events = nodes.reduce((sum, node) => sum + node.events, 0);
  if (events > 0) return `No flow in ${plural(events, "event")}: none belongs to a packet.`;
  return "No packet was seen. Was traffic sent while everything was attached, and does the " +
    "filter match it?";
}
