/** The line through the rows, and the tunnels around it. Pure. */
import type { PathModel } from "./model.ts";
import { centerOf, LINE, type RowGeometry, type RowOfPath, SIDE } from "./row.ts";
import { type Box, type Scene, tubeRadius } from "./scene.ts";

/** Pixels: radius of the line's turns. */
const CORNER = 9;

/** Draws tubes of tunnels, the line, the end that was not reached; says which boxes go on. */
export function drawLines(
  scene: Scene,
  model: PathModel,
  rows: RowOfPath[],
  geometries: RowGeometry[],
  width: number,
): void {
  const { tunnels, ghost } = model;
  const points = rows.flatMap((row, r) =>
    row.map((placed) => ({ x: centerOf(placed), row: r, ghost: placed.station === null }))
  );
  const stations = points.filter((point) => !point.ghost);
  const target = points.find((point) => point.ghost);
  type Point = typeof points[number];
  const start = ({ x, row }: Point) => `M${x} ${geometries[row]!.rail}`;
  const step = (to: Point, from: Point, short = 0) =>
    from.row === to.row
      ? `H${to.x - short}`
      : turn(geometries[from.row]!, geometries[to.row]!) + `H${to.x - short}`;
  const along = (from: number, to: number) => {
    let d = start(stations[from]!);
    for (let i = from + 1; i <= to; i++) d += step(stations[i]!, stations[i - 1]!);
    return d;
  };
  const last = stations.length - 1;
  for (const { from, to, depth, openStart, openEnd } of tunnels) {
    const { x, row } = stations[from]!;
    let d = openStart ? `M${x - 26} ${geometries[row]!.rail}H${x}` : "";
    d += openStart ? along(from, to).replace(/^M[^HVQ]*/, "") : along(from, to);
    if (openEnd && to === last && target !== undefined && ghost!.inTunnel) {
      d += step(target, stations[last]!, 22);
    } else if (openEnd) d += `h26`;
    scene.tubes.push({ d, radius: tubeRadius(depth) });
  }
  if (last > 0) scene.lines.push({ d: along(0, last), kind: "seen" });
  if (target !== undefined) {
    const d = start(stations[last]!) + step(target, stations[last]!);
    scene.lines.push({ d, kind: "ghost" });
    if (model.stations.at(-1)!.end === "vanished") {
      const { x, row } = stations[last]!;
      scene.marks.push({
        x: Math.min(x + 34, width - SIDE),
        y: geometries[row]!.rail,
        kind: "lost",
      });
    }
    ghostLabels(scene, ghost!, target.x, geometries[target.row]!.rail);
  }
  for (const row of scene.boxes) row.openRight = goesOn(scene.boxes, row);
}

function ghostLabels(
  scene: Scene,
  { title, why }: { title: string; why: string },
  x: number,
  rail: number,
): void {
  const y = rail + 28;
  scene.labels.push({ x, y, text: title, kind: "ghost", anchor: "middle" });
  scene.labels.push({ x, y: y + LINE - 1, text: why, kind: "ghost-why", anchor: "middle" });
}

/** A box goes on when the first one of its kind in the next row is open at its left. */
function goesOn(boxes: readonly Box[], box: Box): boolean {
  const same = boxes.filter(({ kind }) => kind === box.kind);
  return same[same.indexOf(box) + 1]?.openLeft === true;
}

/** SVG path around the right end of a row, back between the rows, and into the line of the next. */
function turn(from: RowGeometry, to: RowGeometry): string {
  const right = from.right + SIDE;
  const left = SIDE;
  const between = from.turn;
  const c = CORNER;
  return `H${right - c}Q${right} ${from.rail} ${right} ${from.rail + c}` +
    `V${between - c}Q${right} ${between} ${right - c} ${between}` +
    `H${left + c}Q${left} ${between} ${left} ${between + c}` +
    `V${to.rail - c}Q${left} ${to.rail} ${left + c} ${to.rail}`;
}
