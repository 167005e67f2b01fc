/** The path on a narrow page: straight down, one station per line. Pure. */
import { boxText, type PathModel, type Station } from "./model.ts";
import { clipToWidth, type Label, type Scene, textWidth, tubeRadius, wrapped } from "./scene.ts";

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
    if (station.total !== undefined) nameTotal(scene, station.total);
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
    text: clipToWidth(text, width - TEXT_X - 2 * inset - 8, kind),
    textX: TEXT_X,
    openLeft: false,
    openRight: false,
  });
  return y + 26;
}

/** Writes how long the packet was on a node into the head of its box. */
function nameTotal(scene: Scene, total: string): void {
  const box = scene.boxes.findLast(({ kind }) => kind === "node")!;
  box.total = total;
  box.text = clipToWidth(box.text, box.width - TEXT_X - textWidth(total, "time") - 16, "node");
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
  const room = width - TEXT_X - 18;
  const { after } = station;
  if (after !== undefined) {
    const strong = station.slowest === "way";
    scene.labels.push({
      x: width - 16,
      y: y + 1,
      text: after,
      kind: "time",
      anchor: "end",
      strong,
    });
  }
  const taken = after === undefined ? 0 : textWidth(after, "time") + 8;
  put(clipToWidth(station.device, room - taken, "device"), "device", y + 1);
  let below = y;
  const doing = [station.doing, station.here].filter((one) => one !== undefined).join(" · ");
  for (const part of wrapped(doing, room, "doing")) put(part, "doing", below += LINE);
  for (const { text, tone } of station.notes) {
    for (const part of wrapped(text, room, tone)) put(part, tone, below += LINE);
  }
  return below + 12;
}

function placeGhost(scene: Scene, { ghost }: PathModel, y: number, width: number): number {
  const put = (text: string, kind: Label["kind"], at: number) =>
    scene.labels.push({ x: TEXT_X, y: at, text, kind, anchor: "start" });
  scene.marks.push({ x: RAIL_X, y, kind: "ghost" });
  put(clipToWidth(ghost!.title, width - TEXT_X - 8, "ghost"), "ghost", y + 1);
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
