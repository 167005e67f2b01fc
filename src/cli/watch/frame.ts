/** One screen of the live view, as text: a list and its status, or the detail of a row. */
import { type Look, lookOf, type RenderOptions, renderSummary } from "../render/mod.ts";
import { plural } from "../render/words.ts";
import type { Shown } from "./list.ts";

/** The size of a terminal. */
export interface Screen {
  /** Columns: characters in a line. */
  columns: number;
  /** Lines. */
  rows: number;
}

/** One screen of text, and what of the state it settled. */
export interface Frame {
  lines: string[];
  shown: Shown;
}

/** Lines of status at most: an error of a filter may be long. */
const STATUS_MAX = 4;

/**
 * The screen for what is shown. It has exactly as many lines as the screen has rows, at least two: the
 * list with what is chosen in sight, or the detail, and the status below it.
 */
export function frame(shown: Shown, screen: Screen, options: RenderOptions): Frame {
  const fit = { ...options, width: screen.columns };
  const look = lookOf(fit);
  const status = statusLines(shown, look).slice(
    0,
    Math.min(STATUS_MAX, Math.max(1, screen.rows - 1)),
  );
  const rows = Math.max(1, screen.rows - status.length);
  const { lines, shown: settled } = shown.open === null
    ? listScreen(shown, rows, fit, look)
    : detailScreen(shown, rows, fit, look);
  while (lines.length < rows) lines.push("");
  return { lines: [...lines, ...status], shown: settled };
}

function listScreen(shown: Shown, rows: number, options: RenderOptions, look: Look): Frame {
  const { report, incident, selected } = shown;
  if (report === null) {
    const text = `waiting for incident ${look.text(incident, 128)}${look.glyph.ellipsis}`;
    return { lines: look.lines(text, 0).slice(0, rows), shown };
  }
  // On a screen of few lines the rows come first.
  const head = [...renderSummary(report, options).split("\n"), ""];
  const above = rows - head.length >= 4 ? head : [];
  const room = rows - above.length;
  const inner = lookOf({ ...options, width: look.width - 2 });
  const lines: string[] = [];
  let first = 0;
  let last = 0;
  for (const row of shown.rows) {
    const own = row.lines(inner);
    if (row.id === selected) [first, last] = [lines.length, lines.length + own.length];
    const mark = row.id === selected ? look.paint("bold", `${look.glyph.chosen} `) : "  ";
    lines.push(...own.map((line, i) => (i === 0 ? mark : "  ") + line));
  }
  if (shown.rows.length === 0) lines.push(...emptyLines(shown, look));
  // What is chosen stays where it was on the screen, and in sight.
  const wanted = shown.moved ? first - (shown.offset - above.length) : 0;
  const inSight = Math.min(first, Math.max(last - room, wanted));
  const top = Math.max(0, Math.min(inSight, lines.length - room));
  const settled = { ...shown, top, offset: above.length + first - top };
  return { lines: [...above, ...lines.slice(top, top + room)], shown: settled };
}

function emptyLines({ report, filterText }: Shown, look: Look): string[] {
  const flows = report?.flows.length ?? 0;
  if (flows === 0) return look.lines("no packet was seen yet", 2);
  return look.lines(`none of ${plural(flows, "flow")} fits ${look.text(filterText, 200)}`, 2);
}

function detailScreen(shown: Shown, rows: number, options: RenderOptions, look: Look): Frame {
  const row = shown.rows.find(({ id }) => id === shown.open);
  const all = row?.detail(options) ??
    look.lines("it is part of another row now, Esc leads back", 0);
  const detailTop = Math.max(0, Math.min(shown.detailTop, all.length - rows));
  return { lines: all.slice(detailTop, detailTop + rows), shown: { ...shown, detailTop } };
}

function statusLines(shown: Shown, look: Look): string[] {
  const { prompt, trouble, ended, filterText, rows, at, open } = shown;
  if (prompt !== null) {
    const lines = look.lines(`/${look.text(prompt.text, 400)}_`, 0);
    const error = prompt.error === null
      ? look.lines("Enter filters, Tab completes, Esc leaves it as it was", 0, "dim")
      : look.lines(look.text(prompt.error, 400), 0, "yellow");
    return [...lines, ...error];
  }
  const state = trouble ?? ended ?? "live";
  const filtered = filterText === "" ? [] : [`filter ${look.text(filterText, 200)}`];
  const place = open !== null
    ? ["arrows scroll", "Esc goes back"]
    : rows.length === 0
    ? ["/ filters"]
    : [`${at + 1} of ${plural(rows.length, "row")}`, "Enter opens", "/ filters"];
  const parts = [state, ...filtered, ...trouble === undefined ? place : [], "q quits"];
  const style = trouble !== undefined ? "bold yellow" : ended ? "bold" : "cyan";
  return look.lines(look.text(parts.join(", "), 400), 0).map((line) => look.paint(style, line));
}
