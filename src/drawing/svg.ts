/** A drawing as the elements of an SVG: the page makes them live, an export writes them as text. */
import type { Box, Label, Mark, Scene } from "./scene.ts";

/** An element. Its texts are as they are: who writes them escapes them. */
export interface Shape {
  tag: string;
  attributes: Readonly<Record<string, string | number>>;
  children: readonly (Shape | string)[];
}

function shape(
  tag: string,
  attributes: Shape["attributes"],
  ...children: (Shape | string)[]
): Shape {
  return { tag, attributes, children };
}

/** The whole drawing. `summary` is for screen readers. */
export function svgOf(scene: Scene, summary: string): Shape {
  const { width, height, boxes, tubes, lines, marks, labels } = scene;
  const viewBox = `0 0 ${width} ${height}`;
  return shape(
    "svg",
    { class: "path", role: "img", "aria-label": summary, width, height, viewBox },
    ...boxes.map(boxShape),
    ...tubes.map(({ d, radius }) =>
      shape(
        "g",
        {},
        shape("path", { class: "tube-wall", d, "stroke-width": 2 * radius }),
        shape("path", { class: "tube", d, "stroke-width": 2 * radius - 3 }),
      )
    ),
    ...labels.flatMap(({ leader }) =>
      leader === undefined
        ? []
        : [shape("path", { class: "leader", d: `M${leader.x} ${leader.from}V${leader.to}` })]
    ),
    ...lines.map(({ d, kind }) => shape("path", { class: `rail ${kind}`, d })),
    ...marks.map(markShape),
    ...labels.map(labelShape),
  );
}

function boxShape(box: Box): Shape {
  const { kind, x, y, width, height, text, textX, total, openLeft, openRight } = box;
  const r = kind === "node" ? 8 : 5;
  const right = x + width;
  const bottom = y + height;
  const edge = (openRight ? `M${right} ${y}` : `M${right} ${y + r}q0 ${-r} ${-r} ${-r}`) +
    (openLeft ? `H${x}` : `H${x + r}q${-r} 0 ${-r} ${r}`) +
    (openLeft ? `M${x} ${bottom}` : `V${bottom - r}q0 ${r} ${r} ${r}`) +
    (openRight ? `H${right}` : `H${right - r}q${r} 0 ${r} ${-r}V${y + r}`);
  return shape(
    "g",
    { class: `box ${kind}` },
    shape("rect", { x, y, width, height, rx: openLeft || openRight ? 0 : r }),
    shape("path", { d: edge }),
    // A nested drawing cuts what is wider than was counted.
    shape("svg", { x, y, width, height: 26 }, shape("text", { x: textX - x, y: 16 }, text)),
    ...(total === undefined ? [] : [
      shape("text", { class: "total", x: right - 12, y: y + 16, "text-anchor": "end" }, total),
    ]),
  );
}

function markShape({ x, y, kind }: Mark): Shape {
  const circle = (r: number, name?: string) =>
    shape("circle", { ...(name === undefined ? {} : { class: name }), cx: x, cy: y, r });
  const cross = shape("path", { d: `M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9` });
  const mark = (...inner: Shape[]) => shape("g", { class: `mark ${kind}` }, ...inner);
  switch (kind) {
    case "dropped":
      return mark(circle(15, "halo"), circle(10), cross);
    case "lost":
      return mark(circle(7), cross);
    case "last-seen":
    case "vanished":
      return mark(circle(15, "halo"), circle(9), circle(3.5, "dot"));
    case "delivered":
      return mark(circle(9), shape("path", { d: `M${x - 4} ${y + 0.3}l2.8 2.8 5.2-5.8` }));
    default:
      return circle(kind === "ghost" ? 7 : 6, `mark ${kind}`);
  }
}

function labelShape({ x, y, text, kind, anchor, strong }: Label): Shape {
  const fatal = strong && (kind === "device" || kind === "drop" || kind === "time");
  const name = `label ${kind}${fatal ? " last" : ""}`;
  const place = { x, y, "text-anchor": anchor, "dominant-baseline": "middle" };
  return shape("text", { ...place, class: name }, text);
}
