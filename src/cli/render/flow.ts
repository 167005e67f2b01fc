/** One flow: the verdict first, then its way, then why it ended there. */
import type { Flow, ReportNode } from "../../event/report.ts";
import { changes, flowName } from "../../words/ends.ts";
import { clockInUtc } from "../../words/problem.ts";
import { boundText } from "../../words/time_bound.ts";
import { gapLines } from "./coverage.ts";
import { findingLines } from "./finding.ts";
import { type Look, lookOf, type RenderOptions } from "./look.ts";
import { pathLines } from "./path.ts";
import { shortPath } from "./short_path.ts";
import { boldStyleOf, countsText, markOf, outcomeWord, placeText } from "./words.ts";

/** One flow as text. A delivered flow takes two lines; any other is told in full. */
export function renderFlow(flow: Flow, options: RenderOptions): string {
  return flowLines(flow, options, lookOf(options), new Set()).join("\n");
}

/**
 * One flow as lines. `told` holds the causes that were told in full already; those told here are
 * added.
 */
export function flowLines(
  flow: Flow,
  { nodes = [] }: RenderOptions,
  look: Look,
  told: Set<string>,
): string[] {
  const lines = verdictLines(flow, look);
  if (flow.outcome === "delivered") {
    // A packet that was seen to arrive did arrive: gaps need not be told.
    return [...lines, ...look.lines(shortPath(flow, look), 4, "dim")];
  }
  lines.push(...look.lines(`${LAST[flow.outcome]} ${placeText(flow.lastHop, look)}`, 2));
  lines.push(...seenLines(flow, nodes, look));
  if (flow.gap !== undefined) {
    lines.push(...look.lines(`gap: ${look.text(flow.gap, 500)}`, 2, "yellow"));
  }
  lines.push(...gapLines(flow, nodes, look), "");
  lines.push(...pathLines(flow, look), ...findingLines(flow, told, look));
  return lines;
}

/** When the first and the last of its packets were seen; nothing in reports that do not tell it. */
function seenLines(
  { firstAt, lastAt = firstAt }: Flow,
  nodes: readonly ReportNode[],
  look: Look,
): string[] {
  if (firstAt === undefined || lastAt === undefined) return [];
  const time = (timeOfDay: string) => clockInUtc(look.text(timeOfDay, 40));
  const span = firstAt === lastAt ? `at ${time(firstAt)}` : `${time(firstAt)} to ${time(lastAt)}`;
  const bound = look.text(boundText(nodes));
  return look.lines(`seen ${span}${bound === "" ? "" : ` (${bound})`}`, 2, "dim");
}

const LAST: Record<Exclude<Flow["outcome"], "delivered">, string> = {
  dropped: "last hop",
  vanished: "last hop",
  unanswered: "delivered and never answered, last hop",
  unknown: "last seen at",
  "in-flight": "last seen at",
};

/** `✕ dropped  icmp 10.132.2.2 → 10.132.2.46 id 4711, all 5 packets`. */
export function verdictLines(flow: Flow, look: Look): string[] {
  const mark = `${markOf(flow.outcome, look)} `;
  const outcome = outcomeWord(flow.outcome);
  const reply = flow.replyOf === undefined ? "" : `${look.glyph.reply} reply `;
  const text = `${outcome}  ${reply}${flowName(flow, look)}, ${countsText(flow)}`;
  const style = boldStyleOf(flow.outcome);
  const [first = "", ...rest] = look.lines(text, mark.length);
  const words = first.slice(mark.length);
  const lines = [
    look.paint(style, mark + words.slice(0, outcome.length)) +
    look.paint("bold", words.slice(outcome.length)),
    ...rest.map((line) => look.paint("bold", line)),
  ];
  if (flow.translated !== undefined) {
    const changed = changes(flow, flow.translated, look).join(", ");
    if (changed !== "") lines.push(...look.lines(`translated: ${changed}`, 2));
  }
  return lines;
}
