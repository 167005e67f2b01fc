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
  /** Empty where the box goes on and its name would say nothing new. */
  text: string;
  /** Pixels from the left. */
  textX: number;
  /** Of a node: how long the packet was on it. */
  total?: string;
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
  kind: "device" | "doing" | "time" | "ghost" | "ghost-why" | Note["tone"];
  anchor: "start" | "middle" | "end";
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

/** What a text is, which says in which letters it is written. */
type TextKind = Label["kind"] | Box["kind"];

/** Pixels of a character in other letters than those of the notes. */
const UNIT: Partial<Record<TextKind, number>> = {
  node: 8.2,
  netns: 7.2,
  doing: 7.2,
  "ghost-why": 7.2,
  device: 7.6,
};
/** Pixels of a character of a note. */
const MONO = 7.3;
/** From here on letters are as wide as high, such as those of Chinese. */
const WIDE_FROM = 0x1100;
/** Pixels. */
const WIDE = 14;

/** Pixels between a station and what is written between it and the next. */
const BESIDE = 11;

const widthOf = (character: string, kind: TextKind): number =>
  character.codePointAt(0)! >= WIDE_FROM ? WIDE : UNIT[kind] ?? MONO;

/**
 * Pixels that a text takes: counted from its characters, a little too wide, so that layout needs
 * no browser.
 */
export const textWidth = (text: string, kind: TextKind): number =>
  Math.ceil([...text].reduce((sum, character) => sum + widthOf(character, kind), 0));

/** The text when it fits into `width` pixels, else its beginning with an ellipsis. */
export function clipToWidth(text: string, width: number, kind: TextKind): string {
  if (textWidth(text, kind) <= width) return text;
  let room = width - widthOf("…", kind);
  let shown = "";
  for (const character of text) {
    room -= widthOf(character, kind);
    if (room < 0) break;
    shown += character;
  }
  return `${shown}…`;
}

/** `text` in lines of `width` pixels, broken at spaces, and inside words that are longer. */
export function wrapped(text: string, width: number, kind: TextKind): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && textWidth(`${line} ${word}`, kind) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const character of word) {
      if (line !== "" && textWidth(line + character, kind) > width) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Pixels that the texts of a station need. */
export const stationWidth = ({ device, doing, here = "" }: Station): number =>
  Math.max(textWidth(device, "device"), textWidth(doing, "doing"), textWidth(here, "time"), 56) +
  20;

/** Pixels between the middles of two stations that the time on the way between them needs. */
export const wayWidth = ({ after }: Station): number =>
  after === undefined ? 0 : textWidth(after, "time") + 2 * BESIDE;

/** Pixels. A tunnel that was put on later is around the others, and drawn wider. */
export const tubeRadius = (depth: number): number => 8 + 5 * depth;

/** The greatest depth of a path's tunnels. */
export const deepestOf = ({ tunnels }: PathModel): number =>
  Math.max(0, ...tunnels.map(({ depth }) => depth));
