/** The live view on a terminal: its own screen, redrawn at every change, scrolled by keys. */
import { renderReport, terminalOptions } from "../render/mod.ts";
import type { Change } from "./follow.ts";
import { frame, type Shown } from "./frame.ts";
import { type Key, readKeys } from "./keys.ts";
import { noteOf } from "./plain_view.ts";
import type { View } from "./view.ts";

/** Alternate screen, no cursor, and lines that are too long are cut at the edge, not wrapped. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";

const encoder = new TextEncoder();

function write(text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Takes over the terminal until it is closed; `quit` is called when the reader presses q. */
export function terminalView(incident: string, quit: () => void): View {
  const shown: Shown = { incident, report: null, ended: null, top: 0 };
  const draw = () => {
    const { columns, rows } = Deno.consoleSize();
    const { lines, top } = frame(shown, { columns, rows }, terminalOptions());
    shown.top = top;
    write(HOME + lines.map((line) => line + CLEAR_LINE).join("\r\n"));
  };
  const keys = readKeys((key) => {
    if (key === "quit") return quit();
    shown.top = scrolled(shown.top, key, Deno.consoleSize().rows - 1);
    draw();
  });
  const resized = () => draw();
  Deno.addSignalListener("SIGWINCH", resized);
  write(ENTER);
  draw();
  return {
    show(change) {
      take(shown, change);
      draw();
    },
    /** What was last on the screen stays behind in the terminal. */
    close() {
      Deno.removeSignalListener("SIGWINCH", resized);
      keys.close();
      write(LEAVE);
      if (shown.report !== null) console.log(renderReport(shown.report, terminalOptions()));
    },
  };
}

function take(shown: Shown, change: Change): void {
  if (change.kind === "away") {
    shown.trouble = noteOf(change);
    return;
  }
  delete shown.trouble;
  if (change.kind === "back") return;
  shown.report = change.report;
  if (change.live.event === "end") shown.ended = change.live.data.reason;
}

/**
 * The first line on the screen after a key, counted from 0 as `top`; `page` is the lines of a
 * screenful.
 */
export function scrolled(top: number, key: Exclude<Key, "quit">, page: number): number {
  switch (key) {
    case "up":
      return Math.max(0, top - 1);
    case "down":
      return top + 1;
    case "page-up":
      return Math.max(0, top - page);
    case "page-down":
      return top + page;
    case "home":
      return 0;
    case "end":
      return Number.MAX_SAFE_INTEGER;
  }
}
