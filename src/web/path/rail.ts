/** The path on a narrow page: straight down, one station per line. Pure. */
import { clipEnd } from "../../words/escape.ts";
import { boxText, type PathModel, type Station } from "./model.ts";
import { fitting, type Label, type Scene, tubeRadius } from "./scene.ts";

/** Pixels from the left: the line. */
const RAIL_X = 34;
/** Pixels from the left: texts. */
const TEXT_X = 56;
/** Pixels from one line of text to the next. */
const LINE = 17;

/** A path on a page of `width` pixels that is too narrow for rows. */
export function layoutRail(model: PathModel, width: number): Scene {
  const scene: Scene = {
    width,
    height: 0,
    boxes: [],
    tubes: [],
    lines: [],
    marks: [],
    labels: [],
  };
  const { stations } = model;
  const railYs: number[] = [];
  let y = 2;
  for (const [i, station] of stations.entries()) {
    const previous = stations[i - 1];
    const newNode = previous?.node !== station.node;
    const newNetns = newNode || previous?.netns !== station.netns;
    if (newNode) y = openBox(scene, "node", station.node, i > 0 ? y + 22 : y, width);
    if (newNetns) y = openBox(scene, "netns", boxText(station), newNode ? y : y + 10, width);
    y = placeStation(scene, station, y, width, railYs);
    const next = stations[i + 1];
    const endsNode = next?.node !== station.node;
    if (endsNode || next?.netns !== station.netns) y = closeBox(scene, "netns", y + 6);
    if (endsNode) y = closeBox(scene, "node", y + 8);
  }
  const ghostY = model.ghost === null ? null : placeGhost(scene, model, y + 26, width);
  scene.height = (ghostY === null ? y : ghostY + 30) + 4;
  drawLines(scene, model, railYs, ghostY);
  return scene;
}

function openBox(scene: Scene, kind: "node" | "netns", text: string, y: number, width: number) {
  const inset = kind === "node" ? 1 : 9;
  scene.boxes.push({
    kind,
    x: inset,
    y,
    width: width - 2 * inset,
    height: 0,
    text: clipEnd(text, Math.floor((width - TEXT_X - 20) / 7)),
    textX: TEXT_X,
    openLeft: false,
    openRight: false,
  });
  return y + 26;
}

function closeBox(scene: Scene, kind: "node" | "netns", y: number): number {
  const box = scene.boxes.findLast((one) => one.kind === kind)!;
  box.height = y - box.y;
  return y;
}

function placeStation(
  scene: Scene,
  station: Station,
  top: number,
  width: number,
  railYs: number[],
): number {
  const y = top + 14;
  railYs.push(y);
  scene.marks.push({ x: RAIL_X, y, kind: station.end ?? "station" });
  const put = (text: string, kind: Label["kind"], at: number) =>
    scene.labels.push({
      x: TEXT_X,
      y: at,
      text,
      kind,
      anchor: "start",
      strong: station.end !== null,
    });
  put(station.device, "device", y + 1);
  put(station.doing, "doing", y + LINE);
  let below = y + LINE;
  for (const { text, tone } of station.notes) {
    for (const part of wrapped(text, fitting(width - TEXT_X - 18))) put(part, tone, below += LINE);
  }
  return below + 12;
}

/**
 * `text` in lines of at most `max` characters, broken at spaces, and inside words that are longer.
 */
export function wrapped(text: string, max: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    for (let rest = word; rest !== ""; rest = rest.slice(max)) {
      const part = rest.slice(0, max);
      if (line !== "" && line.length + 1 + part.length > max) {
        lines.push(line);
        line = part;
      } else line = line === "" ? part : `${line} ${part}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

function placeGhost(scene: Scene, { ghost }: PathModel, y: number, width: number): number {
  const put = (text: string, kind: Label["kind"], at: number) =>
    scene.labels.push({ x: TEXT_X, y: at, text, kind, anchor: "start" });
  scene.marks.push({ x: RAIL_X, y, kind: "ghost" });
  put(clipEnd(ghost!.title, fitting(width - TEXT_X - 8)), "ghost", y + 1);
  put(ghost!.why, "ghost-why", y + LINE);
  return y;
}

function drawLines(scene: Scene, model: PathModel, ys: number[], ghostY: number | null): void {
  const last = ys.at(-1)!;
  const down = (from: number, to: number) => `M${RAIL_X} ${from}V${to}`;
  for (const { from, to, depth, openStart, openEnd } of model.tunnels) {
    const start = ys[from]! - (openStart ? 12 : 0);
    const reaches = openEnd && to === ys.length - 1;
    const end = !reaches ? ys[to]! : ghostY === null ? last + 14 : ghostY - 16;
    scene.tubes.push({ d: down(start, end), radius: tubeRadius(depth) });
  }
  if (ys.length > 1) scene.lines.push({ d: down(ys[0]!, last), kind: "seen" });
  if (ghostY !== null) scene.lines.push({ d: down(last, ghostY), kind: "ghost" });
  if (ghostY !== null && model.stations.at(-1)!.end === "vanished") {
    scene.marks.push({ x: RAIL_X, y: (last + ghostY) / 2, kind: "lost" });
  }
}
