/** A whole report: what was found, worst first, then what was watched. */
import { EXCHANGE_OUTCOMES, OUTCOMES } from "../../event/codes.ts";
import type { Exchange, Report } from "../../event/report.ts";
import { spanInUtc } from "../../words/time.ts";
import { coverageLines } from "./coverage.ts";
import { exchangeLines, exchangeStyle, exchangeWord } from "./exchange.ts";
import { flowLines, verdictLines } from "./flow.ts";
import { conversations } from "./group.ts";
import { type Look, lookOf, type RenderOptions } from "./look.ts";
import { outcomeWord, plural, styleOf } from "./words.ts";

/** Flows told in full, and in one line: a terminal is no place for a thousand of either. */
const FULL_MAX = 12;
const SHORT_MAX = 60;

/** A whole report as text, without a line end at its end. */
export function renderReport(report: Report, options: RenderOptions): string {
  const look = lookOf(options);
  const lines = summaryLines(report, look);
  const withNodes = { ...options, nodes: report.nodes };
  const told = new Set<string>();
  let shown = 0;
  for (const { exchange, flow, replies } of conversations(report.flows, report.exchanges)) {
    const block: string[] = [];
    if (exchange && shown < FULL_MAX + SHORT_MAX) {
      block.push(...exchangeLines(exchange, look, told));
      if (exchange.outcome !== "answered") block.push("");
    }
    for (const one of [flow, ...replies]) {
      if (shown >= FULL_MAX + SHORT_MAX) break;
      const full = shown < FULL_MAX || one.outcome === "delivered" && shown < SHORT_MAX;
      // Below what came of the question its flows stand further in.
      const inner = exchange ? lookOf({ ...options, width: look.width - 2 }) : look;
      const lines = full ? flowLines(one, withNodes, inner, told) : verdictLines(one, inner);
      block.push(...exchange ? lines.map((line) => line === "" ? line : `  ${line}`) : lines);
      if (full && one.outcome !== "delivered" && one !== replies.at(-1)) block.push("");
      shown += 1;
    }
    if (block.at(-1) === "") block.pop();
    if (block.length > 0) lines.push("", ...block);
  }
  const left = report.flows.length - shown;
  if (left > 0) {
    lines.push("", `${look.glyph.ellipsis} and ${plural(left, "flow")} more, see --json`);
  }
  if (report.flows.length === 0) lines.push("", ...look.lines(nothing(report), 0));
  lines.push("", ...coverageLines(report, look));
  const cause = [...report.exchanges, ...report.flows]
    .find((one) => one.cause !== undefined)?.cause;
  if (cause) lines.push("", ...look.lines(`More: lasthop explain ${cause.code}`, 0, "dim"));
  return lines.join("\n");
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

function summaryLines({ incident, from, to, exchanges, flows }: Report, look: Look): string[] {
  const counted = OUTCOMES.map((outcome) => ({
    outcome,
    count: flows.filter((flow) => flow.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const verdicts = counted.map(({ outcome, count }) => `${count} ${outcomeWord(outcome)}`);
  const total = plural(flows.length, "flow");
  const counts = verdicts.length === 0 ? total : `${total}: ${verdicts.join(", ")}`;
  const what = exchangesText(exchanges) + counts;
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
