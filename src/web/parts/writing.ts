/** How the page writes words that it shares with the terminal. */
import { label } from "../../words/escape.ts";
import { timeHere } from "../../words/time.ts";
import { counting, type Writing } from "../../words/writing.ts";

/** Counts with thin spaces between thousands. */
export const COUNTING = counting("\u202f");
export const { grouped, plural } = COUNTING;

/** Texts stay as they are here: the page escapes a whole sentence when it shows it. */
export const PAGE: Writing = { text: (text) => text, arrow: "→" };

/** For names of places: each part is escaped and clipped by itself. */
export const LABELLED = { text: label };

/**
 * A time of day in the reader's time, with its date when that is not the day on which the incident
 * began; a text that is no time as it is.
 */
export function timeOfDayHere(timeOfDay: string, from: string | null): string {
  const when = new Date(timeOfDay);
  if (Number.isNaN(+when)) return label(timeOfDay, 40);
  const began = new Date(from ?? timeOfDay);
  return timeHere(when, Number.isNaN(+began) ? when : began);
}
