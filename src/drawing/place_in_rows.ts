/** Which stations stand in which row, and where: as text is broken into lines. Pure. */
import { boxText, type PathModel, type Station } from "./model.ts";
import { MARGIN, PAD, type RowOfPath } from "./row.ts";
import { stationWidth, textWidth, wayWidth } from "./scene.ts";
import { clipEnd } from "../words/escape.ts";

/** Pixels before the end that was not reached. */
const GHOST_GAP = 34;
/** Share of a row: a box that begins before it is broken, and not moved whole to the next row. */
const EMPTY_ROW_MAX = 0.45;

/** The rows of a path on a page of `width` pixels. A row that is alone is spread over the width. */
export function placeInRows(model: PathModel, width: number): RowOfPath[] {
  const rows = breakRows(model, width);
  if (rows.length === 1) spread(rows[0]!, width);
  const left = rows.length === 1 ? MARGIN - 2 : 0;
  for (const placed of rows.flat()) placed.x -= left;
  return rows;
}

/**
 * Fills row after row. A node's box, or a namespace's box, goes to the next row as a whole when it
 * fits there and not here; a box is broken inside when it is wider than a row.
 */
function breakRows({ stations, ghost }: PathModel, width: number): RowOfPath[] {
  const right = width - MARGIN - PAD.node - PAD.netns;
  const full = right - MARGIN - PAD.node - PAD.netns;
  const widths = stationWidths(stations, full);
  const rows: RowOfPath[] = [[]];
  let x = MARGIN;
  for (const [i, station] of stations.entries()) {
    const previous = stations[i - 1];
    const opensNode = previous?.node !== station.node;
    const opensNetns = opensNode || previous?.netns !== station.netns;
    const first = rows.at(-1)!.length === 0;
    const before = first
      ? PAD.node + PAD.netns
      : opensNode
      ? 2 * (PAD.node + PAD.netns) + PAD.betweenNodes
      : opensNetns
      ? 2 * PAD.netns + PAD.betweenNetns
      : 0;
    const run = opensNode
      ? runWidth(stations, widths, i, "node")
      : opensNetns
      ? runWidth(stations, widths, i, "netns")
      : widths[i]!;
    const wanted = run <= full && x > width * EMPTY_ROW_MAX ? run : widths[i]!;
    if (!first && x + before + wanted > right) {
      rows.push([]);
      x = MARGIN + PAD.node + PAD.netns;
    } else x += before;
    rows.at(-1)!.push({ station, index: i, x, width: widths[i]!, opensNode, opensNetns });
    x += widths[i]!;
  }
  if (ghost !== null) placeGhost(rows, ghost.title, x, width);
  return rows;
}

function placeGhost(rows: RowOfPath[], title: string, x: number, width: number): void {
  const room = textWidth(title, "ghost") + 16;
  const at = x + PAD.node + PAD.netns + GHOST_GAP;
  const ghost = { station: null, index: -1, width: room, opensNode: false, opensNetns: false };
  if (at + room <= width - 4) rows.at(-1)!.push({ ...ghost, x: at });
  else rows.push([{ ...ghost, x: MARGIN + 10 }]);
}

/** Width of all stations from `i` to the end of its node or netns. */
function runWidth(
  stations: readonly Station[],
  widths: readonly number[],
  i: number,
  kind: "node" | "netns",
): number {
  const start = stations[i]!;
  let sum = 0;
  for (let at = i; at < stations.length; at++) {
    const station = stations[at]!;
    if (station.node !== start.node) break;
    if (station.netns !== stations[at - 1]?.netns && at > i) {
      if (kind === "netns") break;
      sum += 2 * PAD.netns + PAD.betweenNetns;
    }
    sum += widths[at]!;
  }
  return sum;
}

/**
 * Wide enough for the stations' texts, and together for the names of the boxes around them and for
 * the notes in them, as far as a row of `full` pixels holds it.
 */
function stationWidths(stations: readonly Station[], full: number): number[] {
  const widths: number[] = [];
  for (const station of stations) {
    const notes = station.notes.filter(({ tone }) => tone === "drop");
    // The time on the way here stands between the middles of two stations.
    const way = 2 * wayWidth(station) - (widths.at(-1) ?? 0);
    const own = [stationWidth(station), way, ...notes.map(({ text }) => textWidth(text, "drop"))];
    widths.push(Math.min(full, Math.max(...own)));
  }
  widen(
    stations,
    widths,
    "netns",
    full,
    ([first]) => textWidth(clipEnd(boxText(first!), 40), "netns") + 4,
  );
  widen(stations, widths, "node", full, (run) => {
    const total = run.at(-1)!.total ?? "";
    const notes = run.flatMap(({ notes }) => notes).filter(({ tone }) => tone === "change");
    return Math.max(
      textWidth(clipEnd(run[0]!.node, 40), "node") + textWidth(total, "time") + 12,
      ...notes.map(({ text, tone }) => textWidth(text, tone) + 12),
    );
  });
  return widths;
}

/** Widens the stations of each box of a kind until together they are as wide as it needs. */
function widen(
  stations: readonly Station[],
  widths: number[],
  kind: "node" | "netns",
  full: number,
  neededBy: (run: readonly Station[]) => number,
): void {
  for (let start = 0; start < stations.length;) {
    let end = start + 1;
    const { node, netns } = stations[start]!;
    const isSame = (one: Station | undefined) =>
      one?.node === node && (kind === "node" || one.netns === netns);
    while (isSame(stations[end])) end += 1;
    const have = widths.slice(start, end).reduce((sum, one) => sum + one, 0);
    const needed = Math.min(full, neededBy(stations.slice(start, end)));
    const more = Math.max(0, needed - have) / (end - start);
    for (let i = start; i < end; i++) widths[i]! += more;
    start = end;
  }
}

/** Widens the stations of a row that is alone, by 90 pixels each at most. */
function spread(row: RowOfPath, width: number): void {
  const last = row.at(-1)!;
  const end = last.x + last.width - MARGIN + (last.station === null ? 8 : PAD.node + PAD.netns + 4);
  const more = Math.min(90, Math.max(0, (width - end) / row.length));
  for (const [i, placed] of row.entries()) {
    placed.x += i * more;
    placed.width += more;
  }
}
