/** What both layouts of a path give the drawing: shapes with places, all in pixels. */
import type { Note, PathModel, Station } from "./model.ts";

/** A box around stations of one node or of one network namespace. */
export interface Box {
  kind: "node" | "netns";
  /** Pixels from the left. */
  x: number;
  /** Pixels from the top. */
  y: number;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  text: string;
  /** Pixels from the left. */
  textX: number;
  /** The box goes on at its left in the row before, at its right in the next row. */
  openLeft: boolean;
  openRight: boolean;
}

/** The line through the stations. */
export interface Line {
  /** As in an SVG path. */
  d: string;
  kind: "seen" | "ghost";
}

/** A tunnel, drawn as a tube around the line. */
export interface Tube {
  /** Its middle, as in an SVG path. */
  d: string;
  /** Pixels. */
  radius: number;
}

/** The mark of a station, or of the end that was not reached. */
export interface Mark {
  /** Pixels from the left. */
  x: number;
  /** Pixels from the top. */
  y: number;
  kind: "station" | "ghost" | "lost" | NonNullable<Station["end"]>;
}

/** A text. */
export interface Label {
  /** Pixels from the left. */
  x: number;
  /** Pixels from the top: middle of the text. */
  y: number;
  text: string;
  kind: "device" | "doing" | "ghost" | "ghost-why" | Note["tone"];
  anchor: "start" | "middle";
  /** A thin line from the label down to its station, in pixels. */
  leader?: { x: number; from: number; to: number };
  strong?: boolean;
}

/** All shapes of a drawing, in the order in which they cover each other. */
export interface Scene {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  boxes: Box[];
  tubes: Tube[];
  lines: Line[];
  marks: Mark[];
  labels: Label[];
}

/** Pixels of a character, by kind of letters. */
const MONO = 7.4;
const SANS = 6.7;

/**
 * Pixels that a text takes: counted from its characters, a little too wide, so that layout needs
 * no browser.
 */
export const textWidth = (text: string, kind: Label["kind"] | "box"): number =>
  Math.ceil(
    [...text].length * (kind === "doing" || kind === "ghost-why" || kind === "box" ? SANS : MONO),
  );

/** Characters of a monospaced label that fit into `width` pixels. */
export const fitting = (width: number): number => Math.max(4, Math.floor(width / MONO));

/** Pixels that the texts of a station need. */
export const stationWidth = ({ device, doing }: Station): number =>
  Math.max(textWidth(device, "device"), textWidth(doing, "doing"), 56) + 20;

/** Pixels. A tunnel that was put on later is around the others, and drawn wider. */
export const tubeRadius = (depth: number): number => 8 + 5 * depth;

/** The greatest depth of a path's tunnels. */
export const deepestOf = ({ tunnels }: PathModel): number =>
  Math.max(0, ...tunnels.map(({ depth }) => depth));
