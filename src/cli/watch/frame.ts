/** One screen of the live view, as text. */
import type { Report } from "../../event/report.ts";
import { type Look, lookOf, type RenderOptions, renderReport } from "../render/mod.ts";

/** The size of a terminal. */
export interface Screen {
  /** Columns: characters in a line. */
  columns: number;
  /** Lines. */
  rows: number;
}

/** What the live view shows. */
export interface Shown {
  incident: string;
  report: Report | null;
  /** What is wrong with the connection; absent: nothing. */
  trouble?: string;
  /** Why the incident ended; null while it is open. */
  ended: string | null;
  /** First line of the report on the screen, from 0. */
  top: number;
}

/** One screen of text. */
export interface Frame {
  lines: string[];
  /** First line of the report on this screen, from 0: never beyond the last screenful. */
  top: number;
}

/**
 * The screen for what is shown: the report's lines from `top` on, then one line of status. It has
 * exactly as many lines as the screen has rows.
 */
export function frame(shown: Shown, screen: Screen, options: RenderOptions): Frame {
  const look = lookOf({ ...options, width: screen.columns });
  const text = shown.report === null
    ? `waiting for incident ${look.text(shown.incident, 128)}${look.glyph.ellipsis}`
    : renderReport(shown.report, { ...options, width: screen.columns });
  const all = text.split("\n");
  const rows = Math.max(1, screen.rows - 1);
  const top = Math.max(0, Math.min(shown.top, all.length - rows));
  const visible = all.slice(top, top + rows);
  while (visible.length < rows) visible.push("");
  const status = statusLine(shown, { top, rows, total: all.length }, look);
  return { lines: [...visible, status], top };
}

interface Place {
  top: number;
  rows: number;
  total: number;
}

function statusLine(shown: Shown, { top, rows, total }: Place, look: Look): string {
  const state = shown.trouble ?? shown.ended ?? "live";
  const more = total <= rows || shown.trouble !== undefined
    ? ""
    : `, lines ${top + 1} to ${Math.min(total, top + rows)} of ${total}, arrows scroll`;
  const [line = ""] = look.lines(look.text(`${state}${more}, q quits`, look.width), 0);
  const style = shown.trouble !== undefined ? "bold yellow" : shown.ended ? "bold" : "cyan";
  return look.paint(style, line);
}
