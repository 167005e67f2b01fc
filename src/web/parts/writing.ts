/** How the page writes words that it shares with the terminal. */
import { label } from "../../words/escape.ts";
import { counting, type Writing } from "../../words/writing.ts";

/** Counts with thin spaces between thousands. */
export const { grouped, plural } = counting("\u202f");

/** Texts stay as they are here: the page escapes a whole sentence when it shows it. */
export const PAGE: Writing = { text: (text) => text, arrow: "→" };

/** For names of places: each part is escaped and clipped by itself. */
export const LABELLED = { text: label };
