/** The notes at the stations of a row: each inside the box of its node. Pure. */
import type { Note } from "./model.ts";
import { centerOf, MARGIN, PAD, type Placed, type RowOfPath } from "./row.ts";
import { clipToWidth, textWidth, wrapped } from "./scene.ts";

/** Lines of one note; what does not fit is told hop by hop below the drawing. */
const NOTE_LINES_MAX = 3;

/** A line of a note and its place. */
export interface Caption extends Note {
  /** Pixels from the left. */
  x: number;
  /** Middle of its station, in pixels from the left. */
  anchor: number;
  /** Pixels. */
  width: number;
  /** Lines between it and the stations. */
  level: number;
}

/**
 * The notes of a row, in lines above each other where two would meet. They are placed from right to
 * left, so that the thin line from a note down to its station passes beside the notes to its right.
 */
export function captions(
  row: RowOfPath,
  side: "above" | "below",
  width: number,
  named: readonly string[] = [],
): Caption[] {
  const placed: Caption[] = [];
  for (const one of row.toReversed()) {
    const notes = (one.station?.notes ?? [])
      .filter(({ tone }) => (tone === "drop") === (side === "below"))
      .filter(({ tone, text }) => !(tone === "tunnel" && named.includes(text)));
    for (const note of linesOf(notes, one, row, side, width)) {
      const { text, min, max } = note;
      const room = textWidth(text, note.tone);
      const anchor = centerOf(one);
      const wanted = side === "above" ? anchor + 7 : anchor - room / 2;
      // To the right of the line down to its station; at the edge of the page to the left of it.
      const fits = side === "below" || wanted + room <= max;
      const x = Math.max(min, Math.min(fits ? wanted : anchor - 7 - room, max - room));
      const meets = (level: number) =>
        placed.some((other) =>
          other.level === level && x < other.x + other.width + 12 && other.x < x + room + 12
        );
      let level = 0;
      while (meets(level)) level += 1;
      placed.push({ text, tone: note.tone, x, anchor, width: room, level });
    }
  }
  return placed;
}

/** The lines of a station's notes, each between two edges, in the order in which they are placed. */
function linesOf(
  notes: readonly Note[],
  one: Placed,
  row: RowOfPath,
  side: "above" | "below",
  width: number,
): (Note & { min: number; max: number })[] {
  const lines = notes.flatMap(({ tone, text }) => {
    // A tunnel is named along its way, which leads through several boxes.
    const [min, max] = tone === "tunnel"
      ? [MARGIN + PAD.node, width - MARGIN - PAD.node]
      : insideOf(one, row);
    const parts = wrapped(text, max - min, tone);
    const shown = parts.slice(0, NOTE_LINES_MAX);
    if (parts.length > shown.length) {
      shown.push(clipToWidth(`${shown.pop()} …`, max - min, tone));
    }
    return shown.map((part) => ({ tone, text: part, min, max }));
  });
  return side === "above" ? lines.toReversed() : lines;
}

/** Edges, in pixels from the left, between which a note is inside the node's box of its station. */
function insideOf(one: Placed, row: RowOfPath): [number, number] {
  const at = row.indexOf(one);
  let first = at;
  let last = at;
  while (first > 0 && !row[first]!.opensNode) first -= 1;
  while (row[last + 1]?.station && !row[last + 1]!.opensNode) last += 1;
  return [row[first]!.x - PAD.netns / 2, row[last]!.x + row[last]!.width + PAD.netns / 2];
}
