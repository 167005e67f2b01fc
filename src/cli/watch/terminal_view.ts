/**
 * The live view on a terminal: its own screen, redrawn at every change, steered by keys. It is drawn
 * with a few escape sequences: a library for it (ink, blessed) would be larger than lasthop's terminal
 * code as a whole, and its text would have to be escaped for the terminal here all the same.
 */
import { narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import { lookOf, renderReport, terminalOptions } from "../render/mod.ts";
import type { Change } from "./follow.ts";
import { frame } from "./frame.ts";
import { readKeys } from "./keys.ts";
import { begin, pressed, type Shown, withReport } from "./list.ts";
import { paced } from "./paced.ts";
import { endOf, noteOf } from "./plain_view.ts";
import type { View } from "./view.ts";

/** Alternate screen, no cursor, and lines that are too long are cut at the edge, not wrapped. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";

/** Events after which what was told holds together. */
const WHOLE = new Set(["report", "summary", "end"]);

const encoder = new TextEncoder();

function write(text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/**
 * Takes over the terminal until it is closed; `quit` is called when the reader presses q. `filter` is
 * the one to begin with.
 */
export function terminalView(incident: string, filter: ReportFilter, quit: () => void): View {
  let shown = begin(incident, filter);
  const draw = () => {
    const { columns, rows } = Deno.consoleSize();
    const drawn = frame(shown, { columns, rows }, terminalOptions());
    shown = drawn.shown;
    write(HOME + drawn.lines.map((line) => line + CLEAR_LINE).join("\r\n"));
  };
  const keys = readKeys((key) => {
    const next = pressed(shown, key, Math.max(1, Deno.consoleSize().rows - 6));
    if (next === null) return quit();
    shown = next;
    draw();
  });
  Deno.addSignalListener("SIGWINCH", draw);
  write(ENTER);
  draw();
  let last: Change | null = null;
  const drawing = paced(() => {
    const next = last === null ? shown : taken(shown, last);
    if (next === shown) return;
    shown = next;
    draw();
  });
  return {
    stays: true,
    show(change) {
      // A change that nothing is drawn for is none to draw in place of one that waits.
      if (change.kind === "live" && !WHOLE.has(change.live.event)) return;
      if (change.kind !== "live" || change.live.event === "end") drawing.flush();
      last = change;
      drawing.call();
      if (change.kind !== "live" || change.live.event === "end") drawing.flush();
    },
    /** What was last known stays behind in the terminal. */
    close() {
      drawing.flush();
      Deno.removeSignalListener("SIGWINCH", draw);
      keys.close();
      write(LEAVE);
      if (shown.report === null) return;
      const left = narrowed(shown.report, shown.filter);
      console.log(renderReport(left, terminalOptions()));
    },
  };
}

/** What a change makes of what is shown; the same where there is nothing to draw. */
export function taken(shown: Shown, change: Change): Shown {
  if (change.kind === "away") return { ...shown, trouble: noteOf(change) };
  const { trouble: _trouble, ...well } = shown;
  if (change.kind === "back") return well;
  const { live, report } = change;
  if (live.event === "end") {
    return { ...withReport(well, report), ended: endOf(live.data, lookOf(terminalOptions())) };
  }
  // A change of many flows is told flow by flow, and a summary is its last event.
  if (live.event !== "report" && live.event !== "summary") return shown;
  return withReport(well, report);
}
