/// <reference lib="dom" />
/** The path as a drawing, as wide as there is room for it. */
import { h, type VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { pathModel } from "../../drawing/model.ts";
import { layoutRail } from "../../drawing/rail.ts";
import { layoutRows } from "../../drawing/rows.ts";
import { type Shape, svgOf } from "../../drawing/svg.ts";
import type { Flow } from "../../event/report.ts";

/** Pixels. On a narrower page a row would hold three stations: there the path runs straight down. */
const ROWS_FROM = 620;
/** Pixels: an A4 page within its margins. */
const PAPER = 700;

/** The path of a flow, as wide as the page allows. `summary` is for screen readers. */
export function PathDrawing({ flow, summary }: { flow: Flow; summary: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = holder.current!;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // Paper is narrower than most screens: the path is laid out again for it.
    const forPaper = () => setWidth(Math.min(element.clientWidth, PAPER));
    addEventListener("beforeprint", forPaper);
    addEventListener("afterprint", measure);
    return () => {
      observer.disconnect();
      removeEventListener("beforeprint", forPaper);
      removeEventListener("afterprint", measure);
    };
  }, []);
  const model = pathModel(flow);
  const scene = width === 0
    ? null
    : width < ROWS_FROM
    ? layoutRail(model, width)
    : layoutRows(model, width);
  return (
    <div class="drawing" ref={holder}>
      {scene && element(svgOf(scene, summary))}
    </div>
  );
}

const element = ({ tag, attributes, children }: Shape): VNode =>
  h(tag, attributes, children.map((child) => typeof child === "string" ? child : element(child)));
