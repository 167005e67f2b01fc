/** What the columns of an event are written to and read from, one by one and in their order. */
import type { EventKind } from "./event.ts";
import type { KnownTexts } from "./scan.ts";

/** Takes the columns that a row has. */
export interface RowSink {
  kind(texts: KnownTexts<EventKind>, slot: number): void;
  time(timeNs: bigint): void;
  /** The text of the column at a place, by its slot among others. */
  known(place: number, texts: KnownTexts, slot: number): void;
  /** The number of the column at a place. */
  uint(place: number, value: number): void;
}

/** Gives the columns that a row has. */
export interface RowSource {
  /** Whether there is one at this place: then its value must be read next. */
  has(place: number): boolean;
  time(): bigint;
  text(): string;
  uint(): number;
}
