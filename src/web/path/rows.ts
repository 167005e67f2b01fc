/** Rows of stations as shapes. Pure. */
import { clipEnd } from "../../words/escape.ts";
import { drawLines } from "./draw_lines.ts";
import { boxText, type Note, type PathModel, type Tunnel } from "./model.ts";
import { placeInRows } from "./place_in_rows.ts";
import {
  centerOf,
  LINE,
  MARGIN,
  PAD,
  type Placed,
  type RowGeometry,
  type RowOfPath,
  SIDE,
} from "./row.ts";
import {
  type Box,
  deepestOf,
  fitting,
  type Label,
  type Scene,
  textWidth,
  tubeRadius,
} from "./scene.ts";

/** Pixels for the names of the boxes. */
const HEAD = { node: 24, netns: 22 };
/** Pixels between the boxes of two rows. */
const BETWEEN_ROWS = 30;

/** A path on a wide page, of `width` pixels: left to right like a line of text, wrapped into rows. */
export function layoutRows(model: PathModel, width: number): Scene {
  const rows = placeInRows(model, width);
  const scene: Scene = { width, height: 0, boxes: [], tubes: [], lines: [], marks: [], labels: [] };
  const radius = tubeRadius(deepestOf(model));
  const geometries: RowGeometry[] = [];
  let top = 2;
  for (const row of rows) {
    const leaving = leavingTunnels(model, row).map(({ label }) => label);
    const geometry = drawRow(scene, row, top, width, radius, leaving);
    geometries.push(geometry);
    leaving.forEach((text, i) => {
      const y = geometry.bottom + 12 + i * LINE;
      const x = Math.round(geometry.right / 2 + SIDE);
      scene.labels.push({ x, y, text, kind: "tunnel", anchor: "middle" });
    });
    top = geometry.next;
  }
  scene.height = geometries.at(-1)!.bottom + 4;
  drawLines(scene, model, rows, geometries, width);
  return scene;
}

/** Tunnels that begin in this row and lead out of it. They are named where the line turns. */
function leavingTunnels({ tunnels, stations, ghost }: PathModel, row: RowOfPath): Tunnel[] {
  const last = row.at(-1)!;
  if (last.index < 0 || (last.index === stations.length - 1 && !ghost?.inTunnel)) return [];
  return tunnels.filter(({ from, to, openEnd }) =>
    row.some(({ index }) => index === from) &&
    (to > last.index || (openEnd && last.index === stations.length - 1))
  );
}

function drawRow(
  scene: Scene,
  row: RowOfPath,
  top: number,
  width: number,
  radius: number,
  leaving: readonly string[],
): RowGeometry {
  const onlyGhost = row.every(({ station }) => station === null);
  const above = captions(row, "above", width, leaving);
  const below = captions(row, "below", width);
  const levels = (all: Caption[]) => Math.max(0, ...all.map(({ level }) => level + 1));
  const captionsTop = top + (onlyGhost ? 0 : HEAD.node + HEAD.netns);
  const rail = captionsTop + levels(above) * LINE + radius + 6;
  const textTop = rail + radius + 14;
  const bottom = textTop + LINE + levels(below) * LINE + (onlyGhost ? 10 : 24);
  for (const { text, tone, x, anchor, level } of above) {
    const y = rail - radius - 8 - level * LINE;
    const leader = { x: anchor, from: y + 4, to: rail };
    scene.labels.push({ x, y, text, kind: tone, anchor: "start", leader });
  }
  for (const { text, tone, x, level } of below) {
    const y = textTop + LINE + (level + 1) * LINE;
    scene.labels.push({ x, y, text, kind: tone, anchor: "start", strong: true });
  }
  for (const placed of row) drawStation(scene, placed, rail, textTop);
  drawBoxes(scene, row, top, bottom);
  const { x, width: w } = row.at(-1)!;
  const right = Math.min(x + w + PAD.node + PAD.netns, width - MARGIN);
  const turn = bottom + (leaving.length === 0 ? 0 : leaving.length * LINE + 2) + BETWEEN_ROWS / 2;
  return { top, bottom, rail, right, turn, next: turn + radius + 7 };
}

function drawStation(scene: Scene, placed: Placed, rail: number, textTop: number): void {
  const { station } = placed;
  const x = centerOf(placed);
  if (station === null) {
    scene.marks.push({ x, y: rail, kind: "ghost" });
    return;
  }
  scene.marks.push({ x, y: rail, kind: station.end ?? "station" });
  const put = (text: string, kind: Label["kind"], y: number) =>
    scene.labels.push({ x, y, text, kind, anchor: "middle", strong: station.end !== null });
  put(station.device, "device", textTop);
  put(station.doing, "doing", textTop + LINE - 1);
}

interface Caption extends Note {
  x: number;
  anchor: number;
  width: number;
  level: number;
}

/**
 * The notes of a row, in lines above each other where two would meet. They are placed from right to
 * left, so that the thin line from a note down to its station passes beside the notes to its right.
 */
function captions(
  row: RowOfPath,
  side: "above" | "below",
  width: number,
  named: readonly string[] = [],
): Caption[] {
  const min = MARGIN + PAD.node;
  const max = width - MARGIN - PAD.node;
  const placed: Caption[] = [];
  for (const one of row.toReversed()) {
    const notes = (one.station?.notes ?? [])
      .filter(({ tone }) => (tone === "drop") === (side === "below"))
      .filter(({ tone, text }) => !(tone === "tunnel" && named.includes(text)));
    for (const note of notes.toReversed()) {
      const text = clipEnd(note.text, fitting(max - min));
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
      placed.push({ ...note, text, x, anchor, width: room, level });
    }
  }
  return placed;
}

function drawBoxes(scene: Scene, row: RowOfPath, top: number, bottom: number): void {
  const stations = row.filter(({ station }) => station !== null);
  for (const kind of ["node", "netns"] as const) {
    const outer = kind === "node" ? PAD.node + PAD.netns : PAD.netns;
    const inset = kind === "node" ? 0 : HEAD.node;
    for (let start = 0; start < stations.length;) {
      const opens = ({ opensNode, opensNetns }: Placed) => kind === "node" ? opensNode : opensNetns;
      let end = start + 1;
      while (end < stations.length && !opens(stations[end]!)) end += 1;
      const first = stations[start]!;
      const last = stations[end - 1]!;
      const x = first.x - outer;
      const box: Box = {
        kind,
        x,
        y: top + inset,
        width: last.x + last.width + outer - x,
        height: bottom - top - inset - (kind === "netns" ? 9 : 0),
        text: "",
        textX: x + (kind === "node" ? 12 : 10),
        openLeft: !opens(first),
        openRight: false,
      };
      const text = kind === "node" ? first.station!.node : boxText(first.station!);
      box.text = clipEnd(text, Math.floor((box.width - 14) / 6.7));
      scene.boxes.push(box);
      start = end;
    }
  }
}
