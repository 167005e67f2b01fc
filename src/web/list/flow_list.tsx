/// <reference lib="dom" />
/** The flows, worst first. Only the rows in sight are elements of the page, however many there are. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { OUTCOMES } from "../../event/codes.ts";
import type { Flow } from "../../event/report.ts";
import { endPoint, endsName } from "../../words/ends.ts";
import { clipEnd, visible } from "../../words/escape.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { placeShort } from "../../words/place.ts";
import { type Row, rowsBetween } from "../state/rows.ts";
import { exchangeLook, OutcomeIcon } from "../parts/icons.tsx";
import {
  chooseAndOpen,
  chosen,
  filterBy,
  helpOpen,
  outcomes,
  problem,
  rows,
  selectedId,
  showAllProblems,
  toggleOutcome,
  told,
  words,
} from "../state/model.ts";
import { Problems } from "./problems.tsx";
import { problemName } from "./problem_words.ts";
import { Name } from "../parts/text.tsx";
import { grouped, LABELLED, PAGE, plural } from "../parts/writing.ts";

/** The pane with the flows, and what filters them. */
export function FlowList() {
  const all = rows.value;
  const { flows } = told.value;
  return (
    <section class="flows" aria-label="flows">
      <Problems />
      <Controls shown={all.length} total={flows.size} />
      <Rows all={all} />
    </section>
  );
}

function Controls({ shown, total }: { shown: number; total: number }) {
  const counts = new Map<string, number>();
  for (const { outcome } of told.value.flows.values()) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return (
    <div class="controls">
      <input
        id="filter"
        type="search"
        aria-label="filter flows"
        placeholder="filter: address, port, device, cause"
        autocomplete="off"
        spellcheck={false}
        value={words.value}
        onInput={(event) => filterBy(event.currentTarget.value)}
      />
      <div class="chips" role="group" aria-label="outcomes shown">
        {OUTCOMES.filter((one) => counts.has(one) || outcomes.value.has(one)).map((outcome) => (
          <button
            key={outcome}
            type="button"
            class={`chip o-${outcome}`}
            aria-pressed={outcomes.value.has(outcome)}
            onClick={() => toggleOutcome(outcome)}
          >
            <OutcomeIcon outcome={outcome} /> {OUTCOME_WORDS[outcome]}{" "}
            <b>{grouped(counts.get(outcome) ?? 0)}</b>
          </button>
        ))}
        {problem.value !== null && (
          <button
            type="button"
            class="chip only-problem"
            title="show the flows of all problems, and of none"
            onClick={showAllProblems}
          >
            only {problemName(problem.value)} <b aria-hidden="true">×</b>
            <span class="unseen">: remove this filter</span>
          </button>
        )}
      </div>
      <p class="count">
        {shown === total ? plural(total, "flow") : `${grouped(shown)} of ${plural(total, "flow")}`}
        , worst first
        <button type="button" class="keys" onClick={() => helpOpen.value = true}>keys: ?</button>
      </p>
    </div>
  );
}

function Rows({ all }: { all: Row[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const look = () => setView({ top: box.current!.scrollTop, height: box.current!.clientHeight });
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useHeldScroll(box, all);
  const last = all.at(-1);
  const height = last === undefined ? 0 : last.top + last.height;
  return (
    <div
      id="flows"
      class="rows"
      role="listbox"
      aria-label="flows, worst first"
      tabIndex={0}
      aria-activedescendant={activeId(all)}
      ref={box}
      onScroll={look}
    >
      <div class="spacer" role="presentation" style={{ height: `${height}px` }}>
        {rowsBetween(all, view.top, view.top + view.height).map((row) => (
          <RowView key={row.flow.id} row={row} index={all.indexOf(row)} total={all.length} />
        ))}
      </div>
      {all.length === 0 && <p class="nothing" role="option" aria-disabled="true">{emptyWords()}</p>}
    </div>
  );
}

function emptyWords(): string {
  if (!told.value.known) return "Waiting for the first report …";
  if (told.value.flows.size > 0) return "No flow fits the filter.";
  return "No packet that fits the filter has been seen yet.";
}

const rowId = (index: number) => `row-${index}`;

function activeId(all: Row[]): string | undefined {
  const at = all.findIndex(({ flow }) => flow.id === selectedId.value);
  return at < 0 ? undefined : rowId(at);
}

/**
 * Keeps the chosen row where it is on the screen while rows above it come and go, and in sight when
 * the reader moves to another one.
 */
function useHeldScroll(box: { current: HTMLDivElement | null }, all: Row[]): void {
  const before = useRef<{ id: string | null; top: number }>({ id: null, top: 0 });
  const row = all.find(({ flow }) => flow.id === selectedId.value);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || row === undefined) return;
    const was = before.current;
    before.current = { id: row.flow.id, top: row.top };
    if (was.id === row.flow.id) {
      const wasInSight = was.top >= element.scrollTop - 4 &&
        was.top < element.scrollTop + element.clientHeight;
      if (wasInSight && chosen.value !== null) element.scrollTop += row.top - was.top;
    } else if (row.top < element.scrollTop) element.scrollTop = row.top;
    else if (row.top + row.height > element.scrollTop + element.clientHeight) {
      element.scrollTop = row.top + row.height - element.clientHeight;
    }
  }, [row?.flow.id, row?.top]);
}

/** Characters that a row of the list has room for. */
const SHORT = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

function RowView({ row, index, total }: { row: Row; index: number; total: number }) {
  const { flow, exchange, nested, top, height } = row;
  const outcome = exchange === undefined ? flow.outcome : exchangeLook(exchange.outcome);
  const cause = exchange?.cause ?? flow.cause;
  const gap = exchange?.gap ?? flow.gap;
  const isSelected = flow.id === selectedId.value;
  return (
    <div
      id={rowId(index)}
      role="option"
      class={`row o-${outcome}${nested ? " nested" : ""}`}
      aria-selected={isSelected}
      aria-setsize={total}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
      onClick={() => chooseAndOpen(flow.id)}
    >
      <div class="first">
        <OutcomeIcon outcome={outcome} />
        <b class="word">
          {(exchange === undefined
            ? OUTCOME_WORDS[flow.outcome]
            : EXCHANGE_WORDS[exchange.outcome]) ??
            "unknown"}
        </b>
        <span class="protocol">{visible(flow.protocol).slice(0, 16)}</span>
        {nested && <span class="quiet">reply</span>}
        <PacketCounts flow={flow} />
      </div>
      <div class="ends mono">
        {endsName(flow, PAGE)}
        <Translated flow={flow} />
      </div>
      {(cause ?? gap) !== undefined && (
        <div class="why">
          <b class="at mono">{placeShort(flow.lastHop, LABELLED, SHORT)}</b>
          {cause === undefined ? <Name value={gap ?? ""} max={120} /> : <span>{cause.code}</span>}
        </div>
      )}
      {cause !== undefined && <div class="sentence">{visible(clipEnd(cause.sentence, 160))}</div>}
    </div>
  );
}

function Translated({ flow: { translated, ...flow } }: { flow: Flow }) {
  if (translated === undefined) return null;
  const source = endPoint(translated.source, translated.sourcePort);
  const destination = endPoint(translated.destination, translated.destinationPort);
  const sourceSame = source === endPoint(flow.source, flow.sourcePort);
  const destinationSame = destination === endPoint(flow.destination, flow.destinationPort);
  return (
    <span class="translated">
      {" ⇒ "}
      {sourceSame ? destination : destinationSame ? `from ${source}` : `${source} → ${destination}`}
    </span>
  );
}

function PacketCounts({ flow: { packets } }: { flow: Flow }) {
  const lost = packets.dropped + packets.vanished;
  return (
    <span class="packets">
      {grouped(packets.seen)} seen
      {lost > 0 && <b class="bad">{grouped(lost)} lost</b>}
      {packets.delivered > 0 && <span>{grouped(packets.delivered)} delivered</span>}
      {packets.unknown > 0 && <span>{grouped(packets.unknown)} unknown</span>}
    </span>
  );
}
