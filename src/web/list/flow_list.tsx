/// <reference lib="dom" />
/** The flows, worst first. Only the rows in sight are elements of the page, however many there are. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Flow } from "../../event/report.ts";
import { endPoint, endsName } from "../../words/ends.ts";
import { clipEnd, visible } from "../../words/escape.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { placeShort } from "../../words/place.ts";
import { exchangeNoun } from "../../words/problem.ts";
import { type FlowRow, type FoldRow, type Row, rowsBetween } from "../state/rows.ts";
import { exchangeLook, lookOf, OutcomeIcon } from "../parts/icons.tsx";
import { activeRow, chooseAndOpen, chosen, rows, toggleFold, told } from "../state/model.ts";
import { FilterBar } from "./filter_bar.tsx";
import { Problems } from "./problems.tsx";
import { grouped, LABELLED, PAGE, plural } from "../parts/writing.ts";

/** The pane with the flows, and what filters them. */
export function FlowList() {
  return (
    <section class="flows" aria-label="flows">
      <Problems />
      <FilterBar />
      <Rows all={rows.value} />
    </section>
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
  const active = activeRow.value;
  useHeldScroll(box, all[active]);
  const last = all.at(-1);
  const height = last === undefined ? 0 : last.top + last.height;
  return (
    <div
      id="flows"
      class="rows"
      role="listbox"
      aria-label="flows, worst first"
      tabIndex={0}
      aria-activedescendant={active < 0 ? undefined : rowId(active)}
      ref={box}
      onScroll={look}
    >
      <div class="spacer" role="presentation" style={{ height: `${height}px` }}>
        {rowsBetween(all, view.top, view.top + view.height).map((row) => (
          <RowView key={row.key} row={row} index={all.indexOf(row)} total={all.length} />
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

/**
 * Keeps the chosen row where it is on the screen while rows above it come and go, and in sight when
 * the reader moves to another one.
 */
function useHeldScroll(box: { current: HTMLDivElement | null }, row: Row | undefined): void {
  const before = useRef<{ key: string | null; top: number }>({ key: null, top: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || row === undefined) return;
    const was = before.current;
    before.current = { key: row.key, top: row.top };
    if (was.key === row.key) {
      const wasInSight = was.top >= element.scrollTop - 4 &&
        was.top < element.scrollTop + element.clientHeight;
      if (wasInSight && chosen.value !== null) element.scrollTop += row.top - was.top;
    } else if (row.top < element.scrollTop) element.scrollTop = row.top;
    else if (row.top + row.height > element.scrollTop + element.clientHeight) {
      element.scrollTop = row.top + row.height - element.clientHeight;
    }
  }, [row?.key, row?.top]);
}

/** Characters that a row of the list has room for. */
const SHORT = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

interface RowProps<T extends Row> {
  row: T;
  index: number;
  total: number;
}

function RowView({ row, ...place }: RowProps<Row>) {
  return row.kind === "fold"
    ? <FoldView row={row} {...place} />
    : <FlowView row={row} {...place} />;
}

/** What every row says of itself to those who do not see where it stands. */
const option = ({ key, top, height }: Row, index: number, total: number) => ({
  id: rowId(index),
  role: "option" as const,
  "aria-setsize": total,
  "aria-posinset": index + 1,
  "data-key": key,
  style: { transform: `translateY(${top}px)`, height: `${height}px` },
});

function FoldView({ row, index, total }: RowProps<FoldRow>) {
  const { problem, outcome, protocol, end, groups, clients, isOpen } = row;
  const isHealed = problem?.state === "healed";
  const look = isHealed ? "delivered" : lookOf(outcome);
  return (
    <div
      {...option(row, index, total)}
      class={`row fold o-${look}`}
      aria-selected={index === activeRow.value}
      data-open={isOpen}
      onClick={() => toggleFold(row.key)}
    >
      <div class="first">
        <span class="twist" aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
        <OutcomeIcon outcome={look} />
        <b class="word">{OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome] ?? "unknown"}</b>
        <span>
          {plural(groups.length, exchangeNoun(protocol))}
          {isHealed && ", healed"}
        </span>
        <span class="packets">{plural(clients, "client")}</span>
        <span class="unseen">{isOpen ? ", unfolded" : ", folded"}</span>
      </div>
      <div class="ends mono">
        {visible(clipEnd(protocol, 16))} {problem?.direction === "answer" ? "answers of" : "to"}
        {" "}
        {visible(clipEnd(end, 80))}
      </div>
    </div>
  );
}

function FlowView({ row, index, total }: RowProps<FlowRow>) {
  const { flow, exchange, nested, fold } = row;
  const outcome = exchange === undefined ? flow.outcome : exchangeLook(exchange.outcome);
  const cause = exchange?.cause ?? flow.cause;
  const gap = exchange?.gap ?? flow.gap;
  return (
    <div
      {...option(row, index, total)}
      class={`row o-${outcome}${nested ? " nested" : ""}${fold === undefined ? "" : " in-fold"}`}
      aria-selected={index === activeRow.value}
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
          <span>{cause === undefined ? "" : visible(clipEnd(cause.code, 40))}</span>
        </div>
      )}
      <div class="sentence">{visible(clipEnd(cause?.sentence ?? gap ?? "", 160))}</div>
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
