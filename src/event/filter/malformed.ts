import { LasthopError } from "../error.ts";

/** How much of a long filter stands above the caret. */
const WINDOW = 80;

/** Filters are hostile text too: what could move a terminal's cursor is shown as `?`. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, "?");

/** Text of a filter for a message, quoted and cut to what a line has room for. */
export const quote = (text: string) => {
  const clean = printable(text);
  return `"${clean.length > 40 ? clean.slice(0, 40) + "..." : clean}"`;
};

/** The error for a filter nobody can read, with a caret under the place. `at` counts from 0. */
export function malformed(text: string, at: number, message: string): LasthopError {
  const start = Math.max(0, Math.min(at - WINDOW / 2, text.length - WINDOW));
  const shown = printable(text.slice(start, start + WINDOW));
  const caret = " ".repeat(at - start) + "^";
  return new LasthopError(
    "filter_malformed",
    `Cannot read filter at column ${at + 1}: ${message}\n  ${shown}\n  ${caret}`,
    2,
  );
}
