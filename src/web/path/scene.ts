/** What both layouts of a path give the drawing: shapes with places, all in pixels. */
import type { Note, PathModel, Station } from "./model.ts";

export interface Box {
  kind: "node" | "netns";
  x: number;
  y: number;
  width: number;
  height: number;
  text: string;
  textX: number;
  /** Sides where the box goes on in another row. */
  openLeft: boolean;
  openRight: boolean;
}

export interface Line {
  d: string;
  kind: "seen" | "ghost";
}

export interface Tube {
  d: string;
  radius: number;
}

export interface Mark {
  x: number;
  y: number;
  kind: "station" | "ghost" | "lost" | NonNullable<Station["end"]>;
}

export interface Label {
  x: number;
  y: number;
  text: string;
  kind: "device" | "doing" | "ghost" | "ghost-why" | Note["tone"];
  anchor: "start" | "middle";
  /** A thin line from the label to what it is about. */
  leader?: { x: number; from: number; to: number };
  strong?: boolean;
}

export interface Scene {
  width: number;
  height: number;
  boxes: Box[];
  tubes: Tube[];
  lines: Line[];
  marks: Mark[];
  labels: Label[];
}

/** Widths are guessed from character counts, a little too wide: layout needs no browser. */
const MONO = 7.4;
const SANS = 6.7;

export const textWidth = (text: string, kind: Label["kind"] | "box"): number =>
  Math.ceil(
    [...text].length * (kind === "doing" || kind === "ghost-why" || kind === "box" ? SANS : MONO),
  );

/** How many characters of a monospaced label fit. */
export const fitting = (width: number): number => Math.max(4, Math.floor(width / MONO));

/** Room that a station's texts need. */
export const stationWidth = ({ device, doing }: Station): number =>
  Math.max(textWidth(device, "device"), textWidth(doing, "doing"), 56) + 20;

/** What is wrapped last is outermost, and drawn widest. */
export const tubeRadius = (depth: number): number => 8 + 5 * depth;

export const deepestOf = ({ tunnels }: PathModel): number =>
  Math.max(0, ...tunnels.map(({ depth }) => depth));
