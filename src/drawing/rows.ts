/** Rows of stations as shapes. Pure. */
import { drawLines } from "./draw_lines.ts";
import { type Caption, captions } from "./captions.ts";
import { boxText, type PathModel, type Tunnel } from "./model.ts";
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
  clipToWidth,
  deepestOf,
  type Label,
  type Scene,
  textWidth,
  tubeRadius,
} from "./scene.ts";

/** Pixels for the names of the boxes; a node's box without a name has a smaller head. */
const HEAD = { node: 24, nameless: 9, netns: 22 };
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
    const geometry = drawRow(scene, row, {
      top,
      width,
      radius,
      leaving,
      // The one machine of a path is named once.
      named: row === rows[0] || model.stations.some(({ node }) => node !== model.stations[0]!.node),
    });
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

interface RowSetting {
  /** Pixels from the top of the drawing. */
  top: number;
  /** Pixels: of the page, and from the line to the wall of the widest tunnel. */
  width: number;
  radius: number;
  /** Names of tunnels that are told below the row. */
  leaving: readonly string[];
  /** Whether the boxes of nodes have their names. */
  named: boolean;
}

function drawRow(
  scene: Scene,
  row: RowOfPath,
  { top, width, radius, leaving, named }: RowSetting,
): RowGeometry {
  const onlyGhost = row.every(({ station }) => station === null);
  const times = row.some(({ station }) => station?.after !== undefined) ? LINE : 0;
  const above = captions(row, "above", width, leaving);
  const below = captions(row, "below", width);
  const levels = (all: Caption[]) => Math.max(0, ...all.map(({ level }) => level + 1));
  const hasHead = named || row.some(({ station }) => station?.total !== undefined);
  const head = hasHead ? HEAD.node : HEAD.nameless;
  const here = row.some(({ station }) => station?.here !== undefined) ? LINE : 0;
  const captionsTop = top + (onlyGhost ? 0 : head + HEAD.netns);
  const rail = captionsTop + levels(above) * LINE + times + radius + 6;
  const textTop = rail + radius + 14;
  const notesTop = textTop + LINE + here;
  const bottom = notesTop + levels(below) * LINE + (onlyGhost ? 10 : 24);
  for (const { text, tone, x, anchor, level } of above) {
    const y = rail - radius - 8 - times - level * LINE;
    const leader = { x: anchor, from: y + 4, to: rail };
    scene.labels.push({ x, y, text, kind: tone, anchor: "start", leader });
  }
  for (const { text, tone, x, level } of below) {
    const y = notesTop + (level + 1) * LINE;
    scene.labels.push({ x, y, text, kind: tone, anchor: "start", strong: true });
  }
  for (const [i, placed] of row.entries()) {
    drawStation(scene, placed, rail, textTop);
    drawTime(scene, placed, row[i - 1], rail - radius - 8);
  }
  drawBoxes(scene, row, { top, bottom, head, named });
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
  if (station.here === undefined) return;
  const strong = station.slowest === "here";
  const y = textTop + 2 * LINE - 2;
  scene.labels.push({ x, y, text: station.here, kind: "time", anchor: "middle", strong });
}

/** The time on the way to a station: between it and the one before, at its left where a row begins. */
function drawTime(scene: Scene, placed: Placed, before: Placed | undefined, y: number): void {
  const { station } = placed;
  if (station?.after === undefined) return;
  const text = station.after;
  const middle = before === undefined
    ? Math.max(centerOf(placed) - 11, MARGIN + 6 + textWidth(text, "time")) -
      textWidth(text, "time") / 2
    : (centerOf(before) + centerOf(placed)) / 2;
  const strong = station.slowest === "way";
  scene.labels.push({ x: Math.round(middle), y, text, kind: "time", anchor: "middle", strong });
}

function drawBoxes(
  scene: Scene,
  row: RowOfPath,
  { top, bottom, head, named }: { top: number; bottom: number; head: number; named: boolean },
): void {
  const stations = row.filter(({ station }) => station !== null);
  for (const kind of ["node", "netns"] as const) {
    const outer = kind === "node" ? PAD.node + PAD.netns : PAD.netns;
    const inset = kind === "node" ? 0 : head;
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
      nameBox(box, first, last, named);
      scene.boxes.push(box);
      start = end;
    }
  }
}

/** Writes name and total into a box; what goes on from the row before begins with an ellipsis. */
function nameBox(box: Box, first: Placed, last: Placed, named: boolean): void {
  const { kind } = box;
  if (kind === "node") box.total = last.station!.total;
  if (kind === "node" && !named) return;
  const name = kind === "node" ? first.station!.node : boxText(first.station!);
  const total = box.total === undefined ? 0 : textWidth(box.total, "time") + 10;
  const room = box.width - 22 - total;
  box.text = clipToWidth(box.openLeft ? `… ${name}` : name, room, kind);
}
