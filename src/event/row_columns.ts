/** In which form the value of each column stands in a row, and what takes the columns of one. */
import type { Column } from "./columns.ts";
import type { EventKind } from "./event.ts";
import type { KnownTexts, Scan } from "./scan.ts";

/** The forms of values. */
export type Form = "uint8" | "uint16" | "uint32" | "uint53" | "time" | "text";

/** Bytes of each form. */
export const BYTES_OF: Record<Form, number> = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint53: 8,
  time: 8,
  text: 2,
};

/** The form of a column's values. */
export function formOf({ type, max = Infinity }: Column): Form {
  if (type === "u64") return "time";
  if (type !== "uint") return "text";
  return max < 2 ** 8 ? "uint8" : max < 2 ** 16 ? "uint16" : max < 2 ** 32 ? "uint32" : "uint53";
}

/** Takes the columns that a row has, in their order. */
export interface RowSink {
  kind(texts: KnownTexts<EventKind>, slot: number): void;
  /** The time, which the scan stands at. */
  timeOf(scan: Scan): void;
  /** The text of the column at a place, by its slot among others. */
  known(place: number, texts: KnownTexts, slot: number): void;
  /** The number of the column at a place, in the form of that column. */
  uint8(place: number, value: number): void;
  uint16(place: number, value: number): void;
  uint32(place: number, value: number): void;
  uint53(place: number, value: number): void;
}
