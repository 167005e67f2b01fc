/// <reference lib="dom" />
/** The map: nodes, namespaces, the ways and tunnels between them, a badge where packets are lost. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Link } from "./model.ts";
import { closeMap } from "../state/map.ts";
import { Name, Text } from "../parts/text.tsx";
import { plural } from "../parts/writing.ts";
import { NodeName, PlaceBox, placedAt } from "./boxes.tsx";
import type { Point } from "./layout.ts";
import {
  chosenWay,
  failure,
  foldAll,
  followLayout,
  isOpened,
  linkLabel,
  mapWords,
  placed,
  setRoom,
  shown,
  unseenNodes,
  wayId,
  whole,
} from "./shown.ts";

/** The map is made smaller to fit, but not so small that it can't be read. */
const SCALE_MIN = 0.78;

/** The pane of the map. */
export function MapPane() {
  useEffect(followLayout, []);
  return (
    <section id="map" class="map" tabIndex={-1} aria-label="map">
      <header>
        <h2>Map</h2>
        <p class="quiet">{mapWords(whole.value.places)}</p>
        {isOpened.value && <button type="button" onClick={foldAll}>fold again</button>}
        <button type="button" onClick={closeMap}>close the map</button>
      </header>
      <Unseen />
      {failure.value !== null && (
        <p role="alert">
          The map can't be drawn: <Text value={failure.value} max={200} />
        </p>
      )}
      {whole.value.places.length === 0
        ? <p class="nothing">No packet that is listed was seen anywhere yet.</p>
        : <Sheet />}
    </section>
  );
}

/** Names of nodes that are told when they have seen nothing. */
const UNSEEN_MAX = 6;

/** What did not reach a node that watches was lost before it. */
function Unseen() {
  const names = unseenNodes.value;
  if (names.length === 0) return null;
  const more = names.length - UNSEEN_MAX;
  return (
    <p class="unseen-nodes">
      Watched, and saw nothing of it: {names.slice(0, UNSEEN_MAX).map((name) => (
        <span key={name}>
          <Name value={name} max={32} />
          {" "}
        </span>
      ))}
      {more > 0 && `and ${plural(more, "more node")}`}
    </p>
  );
}

function Sheet() {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = holder.current!;
    const measure = () => {
      setWidth(element.clientWidth);
      setRoom(element.clientWidth, element.clientHeight);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const now = placed.value;
  const scale = now === null ? 1 : Math.min(1, Math.max(SCALE_MIN, width / now.at.width));
  return (
    <div class="sheet" ref={holder} tabIndex={0} role="region" aria-label="drawing of the map">
      {now !== null && (
        <div
          class="scaled"
          style={{ width: `${now.at.width * scale}px`, height: `${now.at.height * scale}px` }}
        >
          <div
            class="drawn"
            style={{
              width: `${now.at.width}px`,
              height: `${now.at.height}px`,
              transform: `scale(${scale})`,
            }}
          >
            <Drawn />
          </div>
        </div>
      )}
    </div>
  );
}

function Drawn() {
  const { at } = placed.value!;
  const { places, links } = shown.value;
  // What is drawn is of the last layout: a place that came since has no box yet.
  const byId = new Map(places.map((place) => [place.id, place]));
  const laid = new Map(
    placed.value!.wanted.links.map(({ from, to }, i) => [wayId(from, to), at.links[i]!]),
  );
  return (
    <>
      {[...at.groups].map(([node, rect]) => (
        <div key={node} class="node-frame" style={placedAt(rect)} />
      ))}
      <svg width={at.width} height={at.height} aria-hidden="true">
        {links.map((link) => {
          const line = laid.get(wayId(link.from, link.to));
          return line &&
            <LinkLine key={wayId(link.from, link.to)} link={link} points={line.points} />;
        })}
        {links.map((link) => {
          const line = laid.get(wayId(link.from, link.to));
          const text = linkLabel(link, byId);
          return line && text !== "" && (
            <text
              key={wayId(link.from, link.to)}
              x={line.label.x}
              y={line.label.y}
              text-anchor={line.anchor}
            >
              {text}
            </text>
          );
        })}
      </svg>
      {[...at.groups].map(([node, rect]) => <NodeName key={node} name={node} rect={rect} />)}
      {places.map((place) => {
        const rect = at.boxes.get(place.id);
        return rect && <PlaceBox key={place.id} place={place} rect={rect} />;
      })}
    </>
  );
}

function LinkLine({ link, points }: { link: Link; points: readonly Point[] }) {
  const d = curve(points);
  const look = link.failing === 0 ? "" : link.failing === link.flows ? "all-fail" : "some-fail";
  const isChosen = chosenWay.value.has(wayId(link.from, link.to));
  return (
    <g class={`link ${look}${isChosen ? " chosen" : ""}`}>
      {link.tunnels.length > 0 && (
        <>
          <path class="tube-wall" d={d} />
          <path class="tube" d={d} />
        </>
      )}
      <path class="line" d={d} />
      {link.failing > 0 && <path class="fails" d={d} />}
    </g>
  );
}

/** A line through the middles of its segments, bent at its points. */
function curve([first, ...rest]: readonly Point[]): string {
  const last = rest.at(-1)!;
  let d = `M${round(first!)}`;
  for (const [i, point] of rest.slice(0, -1).entries()) {
    const next = rest[i + 1]!;
    const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    d += `Q${round(point)} ${round(middle)}`;
  }
  return `${d}L${round(last)}`;
}

const round = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
