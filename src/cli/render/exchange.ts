/** What came of a question: the outcome first, then why. */
import type { Exchange } from "../../event/report.ts";
import { exchangeName } from "../../words/ends.ts";
import { EXCHANGE_WORDS } from "../../words/outcome.ts";
import { causeLines } from "./finding.ts";
import { type Look, lookOf, type RenderOptions, type Style } from "./look.ts";

const MARKS: Partial<Record<string, { glyph: "lost" | "open" | "pending" | "delivered" }>> = {
  "mis-answered": { glyph: "lost" },
  broken: { glyph: "lost" },
  unanswered: { glyph: "lost" },
  refused: { glyph: "lost" },
  slow: { glyph: "open" },
  unknown: { glyph: "open" },
  "in-flight": { glyph: "pending" },
  answered: { glyph: "delivered" },
};

const STYLES = { lost: "red", open: "yellow", pending: "cyan", delivered: "green" } as const;

/** Word for what came of an exchange. */
export const exchangeWord = (outcome: string): string => EXCHANGE_WORDS[outcome] ?? outcome;

/** The character that stands for what came of an exchange. */
export const exchangeMark = (outcome: string, { glyph }: Look): string =>
  glyph[MARKS[outcome]?.glyph ?? "open"];

/** The colour of what came of an exchange. */
export const exchangeStyle = (outcome: string): typeof STYLES[keyof typeof STYLES] =>
  STYLES[MARKS[outcome]?.glyph ?? "open"];

/**
 * `✕ refused  tcp 10.0.0.1:4000 → 10.0.0.2:80`, what came of it in one sentence, and why. An exchange
 * that was answered takes one line. `told` holds the causes that were told in full already.
 */
export function exchangeLines(exchange: Exchange, look: Look, told: Set<string>): string[] {
  const { outcome, sentence, gap, cause, findings = [] } = exchange;
  const lines = exchangeHead(exchange, look);
  if (outcome !== "answered") lines.push(...look.lines(look.text(sentence, 2000), 2));
  if (gap !== undefined) lines.push(...look.lines(`gap: ${look.text(gap, 500)}`, 2, "yellow"));
  return [...lines, ...causeLines([...cause ? [cause] : [], ...findings], told, look)];
}

/** `✕ refused  tcp 10.0.0.1:4000 → 10.0.0.2:80, 0.4 ms`. */
export function exchangeHead(exchange: Exchange, look: Look): string[] {
  const { outcome, tookMs } = exchange;
  const mark = `${exchangeMark(outcome, look)} `;
  const word = exchangeWord(outcome);
  const took = tookMs === undefined ? "" : `, ${msText(tookMs)}`;
  const [first = "", ...rest] = look.lines(
    `${word}  ${exchangeName(exchange, look)}${took}`,
    mark.length,
  );
  const style = exchangeStyle(outcome);
  const bold: Style = style === "cyan" ? style : `bold ${style}`;
  const words = first.slice(mark.length);
  return [
    look.paint(bold, mark + words.slice(0, word.length)) +
    look.paint("bold", words.slice(word.length)),
    ...rest.map((line) => look.paint("bold", line)),
  ];
}

/** What came of a question and why, in one line. */
export function renderExchangeLine(exchange: Exchange, options: RenderOptions): string {
  const look = lookOf(options);
  const { outcome, cause, tookMs } = exchange;
  const mark = look.glyph[MARKS[outcome]?.glyph ?? "open"];
  const head = look.paint(exchangeStyle(outcome), `${mark} ${exchangeWord(outcome)}`);
  const took = tookMs === undefined ? "" : `, ${msText(tookMs)}`;
  const why = cause === undefined ? "" : `: ${cause.code}, ${look.text(cause.sentence, 500)}`;
  return `${head}  ${exchangeName(exchange, look)}${took}${why}`;
}

/** `0.4 ms`, `27 ms`, `1.2 s`. */
function msText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
