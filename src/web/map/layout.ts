/**
 * Where the boxes of the map stand. Pure. It is a file of its own for the browser, `/layout.js`, with
 * the library that works it out: only who opens the map loads it.
 */
import { Graph, layout } from "@dagrejs/dagre";

/** What is laid out. */
export interface Wanted {
  /** From left to right, or from top to bottom. */
  direction: "LR" | "TB";
  /** Boxes in pixels; those of one `group` stand together. */
  boxes: readonly { id: string; width: number; height: number; group: string | null }[];
  links: readonly { from: string; to: string; labelWidth: number }[];
}

/** A place on the drawing. */
export interface Point {
  /** Pixels from the left. */
  x: number;
  /** Pixels from the top. */
  y: number;
}

/** A rectangle; its point is the upper left one. */
export interface Rect extends Point {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
}

/** Where everything stands. */
export interface Placed {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  boxes: Map<string, Rect>;
  groups: Map<string, Rect>;
  /** In the order of the wanted links: the bends of each, and where its label stands beside it. */
  links: { points: Point[]; label: Point; anchor: "start" | "middle" }[];
}

/** Pixels: height of a link's label, and around all. */
const LABEL_HEIGHT = 16;
const MARGIN = 16;
/** Pixels between the middle of a link and its label. */
const BESIDE = 15;
/** Pixels of a group around its boxes; `HEAD` above them, for its name. */
const PAD = 12;
const HEAD = 26;

/** Lays out boxes and links. Groups without a box are left out. */
export function layoutMap({ direction, boxes, links }: Wanted): Placed {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({
    rankdir: direction,
    nodesep: direction === "LR" ? HEAD + PAD : 2 * PAD,
    ranksep: direction === "LR" ? 56 : HEAD + PAD + 20,
    edgesep: 14,
    marginx: MARGIN + PAD,
    marginy: MARGIN + HEAD,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  // Names from outside are no keys of the library: an index is.
  const indexOf = new Map(boxes.map(({ id }, i) => [id, i]));
  const groups = [...new Set(boxes.flatMap(({ group }) => group ?? []))];
  const groupIndex = new Map(groups.map((group, i) => [group, i]));
  for (const i of groups.keys()) graph.setNode(`g${i}`, {});
  for (const [i, { width, height, group }] of boxes.entries()) {
    graph.setNode(`b${i}`, { width, height });
    if (group !== null) graph.setParent(`b${i}`, `g${groupIndex.get(group)}`);
  }
  for (const [i, { from, to, labelWidth }] of links.entries()) {
    const label = { width: labelWidth, height: labelWidth === 0 ? 0 : LABEL_HEIGHT, labelpos: "c" };
    graph.setEdge(`b${indexOf.get(from)}`, `b${indexOf.get(to)}`, label, `${i}`);
  }
  layout(graph);
  const placed: Placed = { width: 0, height: 0, boxes: new Map(), groups: new Map(), links: [] };
  for (const [i, { id, width, height, group }] of boxes.entries()) {
    const { x, y } = graph.node(`b${i}`) as Point;
    const rect = { x: x - width / 2, y: y - height / 2, width, height };
    placed.boxes.set(id, rect);
    if (group !== null) placed.groups.set(group, around(placed.groups.get(group), rect));
  }
  for (const [i, { from, to }] of links.entries()) {
    const edge = graph.edge(`b${indexOf.get(from)}`, `b${indexOf.get(to)}`, `${i}`);
    const { points, x, y } = edge as { points: Point[]; x?: number; y?: number };
    const middle = { x: x ?? points[0]!.x, y: y ?? points[0]!.y };
    placed.links.push(
      direction === "LR"
        ? { points, label: { ...middle, y: middle.y - BESIDE }, anchor: "middle" }
        : { points, label: { ...middle, x: middle.x + BESIDE }, anchor: "start" },
    );
  }
  // Of an empty graph the library's size is none.
  const sizeOf = (value: unknown) => Number.isFinite(value) ? value as number : 0;
  const { width, height } = graph.graph() as { width?: number; height?: number };
  return { ...placed, width: sizeOf(width), height: sizeOf(height) };
}

/** A group's rectangle, grown to be around one more of its boxes. */
function around(group: Rect | undefined, box: Rect): Rect {
  const left = Math.min(group?.x ?? Infinity, box.x - PAD);
  const top = Math.min(group?.y ?? Infinity, box.y - HEAD);
  const right = Math.max(group === undefined ? 0 : group.x + group.width, box.x + box.width + PAD);
  const bottom = Math.max(
    group === undefined ? 0 : group.y + group.height,
    box.y + box.height + PAD,
  );
  return { x: left, y: top, width: right - left, height: bottom - top };
}
