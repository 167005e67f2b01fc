/** A row of the path on a wide page: what the parts of its layout share. */
import type { Station } from "./model.ts";

/** Pixels at both sides of the page, for the line that leads from one row to the next. */
export const MARGIN = 30;

/** Pixels between a station and its boxes, and between boxes. */
export const PAD = { node: 12, netns: 10, betweenNodes: 40, betweenNetns: 14 };

/** Pixels from one line of text to the next. */
export const LINE = 17;

/** Pixels from the edge of the page to the middle of the strip in which the line turns. */
export const SIDE = 15;

/** A station with its place in a row. */
export interface Placed {
  /** Null for the end that was not reached. */
  station: Station | null;
  /** Place of the station in the path, from 0; -1 for the end that was not reached. */
  index: number;
  /** Left side, in pixels. */
  x: number;
  /** Pixels. */
  width: number;
  /** The first station of its node in this row, or of its namespace. */
  opensNode: boolean;
  opensNetns: boolean;
}

/** Stations from left to right; never empty. */
export type RowOfPath = Placed[];

/** Where the parts of a drawn row are, in pixels from the top of the drawing or from its left. */
export interface RowGeometry {
  /** Pixels from the top: upper end of its boxes. */
  top: number;
  /** Pixels from the top: lower end of its boxes. */
  bottom: number;
  /** Pixels from the top: the line through its stations. */
  rail: number;
  /** Pixels from the left: end of its boxes. */
  right: number;
  /** Pixels from the top: where the line to the next row runs back to the left. */
  turn: number;
  /** Pixels from the top: where the next row begins. */
  next: number;
}

/** Middle of a station, in pixels from the left. */
export const centerOf = ({ x, width }: Placed): number => Math.round(x + width / 2);
