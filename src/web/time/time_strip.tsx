/// <reference lib="dom" />
/** The strip of time under the header: what became of packets when, what changed, and what is looked at. */
import { computed, signal } from "@preact/signals";
import type { Change } from "../../event/report.ts";
import { changePlace, changeText } from "../../words/change.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { timeHere } from "../../words/time.ts";
import { lookOf } from "../parts/icons.tsx";
import { preciseHere } from "../parts/precise.ts";
import { grouped as written, LABELLED, plural } from "../parts/writing.ts";
import { grouped, lookAt, timeWindow } from "../state/model.ts";
import { changes, toldProblems } from "../state/told.ts";
import { edgeMs, type Strip, stripOf, totals } from "../state/strip.ts";
import { isChangeWithin, type Window } from "../state/window.ts";
import { Handle } from "./handle.tsx";

const strip = computed<Strip | null>(() => stripOf(grouped.value, toldProblems.peek()));
/** Where a drag began and where it is, in parts of the strip; null while there is none. */
const drag = signal<{ from: number; to: number } | null>(null);

/** The strip; nothing when it is not known when anything was. */
export function TimeStrip() {
  const now = strip.value;
  if (now === null) return null;
  const all = totals(now);
  const most = Math.max(...all, 1);
  const { stepMs, count } = now;
  const seconds = stepMs / 1000;
  return (
    <section class="strip" aria-label="time">
      <div class="strip-box" {...dragging(now)}>
        <Bars strip={now} most={most} />
        <Ticks strip={now} changes={changes.value} />
        <Chosen strip={now} />
        {(["from", "to"] as const).map((edge) => (
          <Handle
            key={edge}
            edge={edge}
            at={chosenParts(now)[edge === "from" ? 0 : 1]}
            count={count}
            words={(at) => timeHere(new Date(edgeMs(now, at)))}
            onMove={(at) => moveEdge(now, edge, at)}
            onClear={() => lookAt(null)}
          />
        ))}
      </div>
      <p class="strip-words">
        <span>{timeHere(new Date(edgeMs(now, 0)))}</span>
        <Legend strip={now} />
        <span class="quiet">
          at most {written(Math.round(most))} {seconds === 1 ? "a second" : `in ${seconds} s`}
        </span>
        <Changes changes={changes.value} />
        <span class="end">{timeHere(new Date(edgeMs(now, count)), new Date(edgeMs(now, 0)))}</span>
      </p>
    </section>
  );
}

/** Units of the drawing: how high it is, and how wide a part of time. */
const HIGH = 40;
const WIDE = 10;

function Bars({ strip, most }: { strip: Strip; most: number }) {
  const width = strip.count * WIDE;
  const below = Array.from({ length: strip.count }, () => 0);
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${width} ${HIGH}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {[...strip.layers].map(([outcome, counts]) => (
        <g key={outcome} class={`o-${lookOf(outcome)} is-${outcome}`}>
          {counts.map((count, i) => {
            if (count === 0) {
              return null;
            }
            // What failed is seen also beside a thousand that did not.
            const high = Math.max(count / most * HIGH, lookOf(outcome) === "delivered" ? 0.6 : 2.5);
            const y = HIGH - (below[i]! += high);
            return <rect key={i} x={i * WIDE + 0.6} y={y} width={WIDE - 1.2} height={high} />;
          })}
        </g>
      ))}
    </svg>
  );
}

const percent = (part: number, { count }: Strip) =>
  `${Math.max(0, Math.min(1, part / count)) * 100}%`;

/** Places in a part of the strip at which there is one tick, and changes that it tells. */
const PLACES = 8;
const TOLD_MAX = 8;

/** When a part of a node's state changed; the list beside it says what. */
function Ticks({ strip, changes }: { strip: Strip; changes: readonly Change[] }) {
  const at = new Map<number, Change[]>();
  for (const change of changes) {
    const part = (Date.parse(change.by) - strip.fromMs) / strip.stepMs;
    if (Number.isNaN(part)) continue;
    const place = Math.round(part * PLACES) / PLACES;
    const own = at.get(place);
    if (own === undefined) at.set(place, [change]);
    else own.push(change);
  }
  return (
    <>
      {[...at].map(([part, own]) => (
        <span
          key={part}
          class="tick"
          title={own.slice(0, TOLD_MAX).map(changeWords).join("\n")}
          style={{ left: percent(part, strip) }}
        />
      ))}
    </>
  );
}

const changeWords = (change: Change) =>
  `${preciseHere(change.by, [change.node])} ${changeText(change, LABELLED)} ${
    changePlace(change, LABELLED)
  }`;

/** Characters of a list that would be longer than the page. */
const LISTED_MAX = 200;

function Changes({ changes: all }: { changes: readonly Change[] }) {
  const window = timeWindow.value;
  if (all.length === 0) return null;
  const changes = window === null ? all : all.filter((one) => isChangeWithin(one, window));
  const share = window === null ? "" : `${written(changes.length)} of `;
  return (
    <details class="changes">
      <summary>{share}{plural(all.length, "change")} of node state</summary>
      <ol>
        {changes.slice(-LISTED_MAX).map((change) => <li key={change.id}>{changeWords(change)}</li>)}
      </ol>
    </details>
  );
}

/** How many of each outcome there are, in the chosen parts. */
function Legend({ strip }: { strip: Strip }) {
  const [from, to] = chosenParts(strip);
  const isPart = timeWindow.value !== null;
  return (
    <span class="legend">
      <span class="quiet" title="a connection is one; of echoes and datagrams each is one">
        failures and answers{isPart && " in this time"}
      </span>
      {[...strip.layers].map(([outcome, counts]) => (
        <span key={outcome} class={`o-${lookOf(outcome)} is-${outcome}`}>
          <i aria-hidden="true" /> {OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome]}{" "}
          {written(Math.round(sumOf(counts.slice(Math.floor(from), Math.ceil(to)))))}
        </span>
      ))}
    </span>
  );
}

const sumOf = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

function Chosen({ strip }: { strip: Strip }) {
  const [from, to] = chosenParts(strip);
  if (from === 0 && to === strip.count) return null;
  return (
    <>
      <span class="veil" style={{ left: 0, width: percent(from, strip) }} />
      <span class="veil" style={{ left: percent(to, strip), right: 0 }} />
    </>
  );
}

/** The parts between which the reader looks; the ends of the strip when it is all of it. */
function chosenParts(strip: Strip): [number, number] {
  if (drag.value !== null) return ordered(drag.value);
  const window = timeWindow.value;
  if (window === null) return [0, strip.count];
  const part = (ms: number) =>
    Math.max(0, Math.min(strip.count, (ms - strip.fromMs) / strip.stepMs));
  return [Math.floor(part(window.fromMs)), Math.ceil(part(window.toMs))];
}

/** Whole parts of time, both ends of a drag included. */
const ordered = ({ from, to }: { from: number; to: number }): [number, number] =>
  from <= to ? [from, to + 1] : [to, from + 1];

function windowOf(strip: Strip, from: number, to: number): Window | null {
  if (from <= 0 && to >= strip.count) return null;
  return { fromMs: edgeMs(strip, from), toMs: edgeMs(strip, to) };
}

function moveEdge(strip: Strip, edge: "from" | "to", at: number): void {
  const [from, to] = chosenParts(strip);
  const next = edge === "from"
    ? [Math.max(0, Math.min(at, to - 1)), to] as const
    : [from, Math.min(strip.count, Math.max(at, from + 1))] as const;
  lookAt(windowOf(strip, ...next), "time");
}

function dragging(strip: Strip) {
  const partAt = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const part = Math.floor((event.clientX - box.left) / box.width * strip.count);
    return Math.max(0, Math.min(strip.count - 1, part));
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const part = partAt(event);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      drag.value = { from: part, to: part };
    },
    onPointerMove(event: PointerEvent) {
      if (drag.value !== null) drag.value = { from: drag.value.from, to: partAt(event) };
    },
    onPointerUp() {
      if (drag.value === null) return;
      const window = windowOf(strip, ...ordered(drag.value));
      drag.value = null;
      lookAt(window);
    },
    onPointerCancel: () => void (drag.value = null),
  };
}
