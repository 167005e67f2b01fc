/// <reference lib="dom" />
/** Times of day to the millisecond, with how true they are. */
import { timeHere } from "../../words/time.ts";
import { boundText } from "../../words/time_bound.ts";
import { began, nodes } from "../state/told.ts";

/**
 * `23:06:42.380 ±1.1 ms`: in the reader's time, with the date on another day than the first, by the wall
 * clocks of these nodes; absent: of any, for what several may have seen. Without a bound where one of them
 * knows none.
 */
export function preciseHere(timeOfDay: string, names?: readonly string[]): string {
  const bound = boundOf(names);
  return `${millisecondsHere(timeOfDay)}${bound === "" ? "" : ` ${bound}`}`;
}

/** `23:06:42.380 – 23:06:44.001 ±1.1 ms`; one time where both are the same. */
export function preciseSpanHere(from: string, to: string): string {
  return from === to ? preciseHere(from) : `${millisecondsHere(from)} – ${preciseHere(to)}`;
}

function boundOf(names: readonly string[] | undefined): string {
  const all = nodes.value;
  return boundText(names === undefined ? all : all.filter(({ name }) => names.includes(name)));
}

function millisecondsHere(timeOfDay: string): string {
  const when = new Date(timeOfDay);
  if (Number.isNaN(+when)) return timeOfDay;
  const first = new Date(began.value ?? timeOfDay);
  return `${timeHere(when, Number.isNaN(+first) ? when : first)}.${
    String(when.getMilliseconds()).padStart(3, "0")
  }`;
}
