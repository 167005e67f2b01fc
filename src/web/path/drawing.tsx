/// <reference lib="dom" />
/** The path as a drawing. Its places are worked out elsewhere; here they become SVG. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Flow } from "../../event/report.ts";
import { pathModel } from "./model.ts";
import { layoutRail } from "./rail.ts";
import { layoutRows } from "./rows.ts";
import { type Box, type Label, type Mark, type Scene } from "./scene.ts";

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
      {scene && <SceneView scene={scene} summary={summary} />}
    </div>
  );
}

function SceneView({ scene, summary }: { scene: Scene; summary: string }) {
  const { width, height, boxes, tubes, lines, marks, labels } = scene;
  return (
    <svg
      class="path"
      role="img"
      aria-label={summary}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      {boxes.map((box, i) => <BoxView key={i} box={box} />)}
      {tubes.map(({ d, radius }, i) => (
        <g key={i}>
          <path class="tube-wall" d={d} stroke-width={2 * radius} />
          <path class="tube" d={d} stroke-width={2 * radius - 3} />
        </g>
      ))}
      {labels.map(({ leader }, i) =>
        leader && <path key={i} class="leader" d={`M${leader.x} ${leader.from}V${leader.to}`} />
      )}
      {lines.map(({ d, kind }) => <path key={kind} class={`rail ${kind}`} d={d} />)}
      {marks.map((mark, i) => <MarkView key={i} mark={mark} />)}
      {labels.map((label, i) => <LabelView key={i} label={label} />)}
    </svg>
  );
}

function BoxView({ box }: { box: Box }) {
  const { kind, x, y, width, height, text, textX, total, openLeft, openRight } = box;
  const r = kind === "node" ? 8 : 5;
  const right = x + width;
  const bottom = y + height;
  const edge = (openRight ? `M${right} ${y}` : `M${right} ${y + r}q0 ${-r} ${-r} ${-r}`) +
    (openLeft ? `H${x}` : `H${x + r}q${-r} 0 ${-r} ${r}`) +
    (openLeft ? `M${x} ${bottom}` : `V${bottom - r}q0 ${r} ${r} ${r}`) +
    (openRight ? `H${right}` : `H${right - r}q${r} 0 ${r} ${-r}V${y + r}`);
  return (
    <g class={`box ${kind}`}>
      <rect x={x} y={y} width={width} height={height} rx={openLeft || openRight ? 0 : r} />
      <path d={edge} />
      {/* A nested drawing cuts what is wider than was counted. */}
      <svg x={x} y={y} width={width} height={26}>
        <text x={textX - x} y="16">{text}</text>
      </svg>
      {total !== undefined && (
        <text class="total" x={right - 12} y={y + 16} text-anchor="end">{total}</text>
      )}
    </g>
  );
}

function MarkView({ mark: { x, y, kind } }: { mark: Mark }) {
  if (kind === "dropped") {
    return (
      <g class="mark dropped">
        <circle class="halo" cx={x} cy={y} r="15" />
        <circle cx={x} cy={y} r="10" />
        <path d={`M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9`} />
      </g>
    );
  }
  if (kind === "lost") {
    return (
      <g class="mark lost">
        <circle cx={x} cy={y} r="7" />
        <path d={`M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9`} />
      </g>
    );
  }
  if (kind === "last-seen" || kind === "vanished") {
    return (
      <g class={`mark ${kind}`}>
        <circle class="halo" cx={x} cy={y} r="15" />
        <circle cx={x} cy={y} r="9" />
        <circle class="dot" cx={x} cy={y} r="3.5" />
      </g>
    );
  }
  if (kind === "delivered") {
    return (
      <g class="mark delivered">
        <circle cx={x} cy={y} r="9" />
        <path d={`M${x - 4} ${y + 0.3}l2.8 2.8 5.2-5.8`} />
      </g>
    );
  }
  return <circle class={`mark ${kind}`} cx={x} cy={y} r={kind === "ghost" ? 7 : 6} />;
}

function LabelView({ label }: { label: Label }) {
  const { x, y, text, kind, anchor, strong } = label;
  const fatal = strong && (kind === "device" || kind === "drop" || kind === "time");
  return (
    <text
      x={x}
      y={y}
      class={`label ${kind}${fatal ? " last" : ""}`}
      text-anchor={anchor}
      dominant-baseline="middle"
    >
      {text}
    </text>
  );
}
