/// <reference lib="dom" />
/** The flows, worst first. Only the rows in sight are elements of the page, however many there are. */
import { computed } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Flow } from "../../event/report.ts";
import { endPoint, endsName } from "../../words/ends.ts";
import { clipEnd, visible } from "../../words/escape.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { placeShort } from "../../words/place.ts";
import { exchangeNoun } from "../../words/problem.ts";
import type { FlowRow, FoldRow, Row } from "../state/rows.ts";
import { exchangeLook, lookOf, OutcomeIcon } from "../parts/icons.tsx";
import { activeRow, chooseAndOpen, list, toggleFold, told } from "../state/model.ts";
import { FilterBar } from "./filter_bar.tsx";
import { useHeldScroll } from "./held_scroll.ts";
import { Problems } from "./problems.tsx";
import { countedFirst } from "../../words/counted.ts";
import { grouped, LABELLED, PAGE, plural } from "../parts/writing.ts";

/** The pane with the flows, and what filters them. */
export function FlowList() {
  return (
    <section class="flows" aria-label="flows">
      <Problems />
      <FilterBar />
      <Rows />
    </section>
  );
}

const total = computed(() => list.value.now.total.rows);

function Rows() {
  const box = useRef<HTMLDivElement>(null);
  const { now } = list.value;
  const active = activeRow.value;
  const view = useHeldScroll(box);
  const rows = now.rowsBetween(view.top, view.top + view.height);
  // What is told to be active must be there, also for who looks elsewhere.
  const isThere = active < 0 || rows.some(({ index }) => index === active);
  const stray = isThere ? undefined : now.rowAt(active);
  view.drawn = rows;
  return (
    <div
      id="flows"
      class="rows"
      role="listbox"
      aria-label="flows, worst first"
      tabIndex={0}
      aria-activedescendant={active < 0 ? undefined : rowId(active)}
      ref={box}
      onScroll={view.look}
    >
      <div class="spacer" role="presentation" style={{ height: `${now.total.height}px` }}>
        {[...rows, ...stray === undefined ? [] : [stray]].map(({ key, ...row }) =>
          row.kind === "fold"
            ? <FoldView key={key} id={key} {...row} />
            : <FlowView key={key} id={key} {...row} />
        )}
      </div>
      {now.total.rows === 0 && (
        <p class="nothing" role="option" aria-disabled="true">{emptyWords()}</p>
      )}
    </div>
  );
}

function emptyWords(): string {
  if (!told.value.known) return "Waiting for the first report …";
  if (told.value.flows.size > 0) return "No flow fits the filter.";
  return "No packet that fits the filter has been seen yet.";
}

const rowId = (index: number) => `row-${index}`;

/** Characters that a row of the list has room for. */
const SHORT = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

type Shown<T extends Row> = Omit<T, "key"> & { id: string };

/** What every row says of itself to those who do not see where it stands. */
const option = ({ id, index, top, height }: Shown<Row>) => ({
  id: rowId(index),
  role: "option" as const,
  "aria-setsize": total.value,
  "aria-posinset": index + 1,
  "aria-selected": index === activeRow.value,
  "data-key": id,
  style: { transform: `translateY(${top}px)`, height: `${height}px` },
});

function FoldView(row: Shown<FoldRow>) {
  const { problem, outcome, protocol, end, count, clients, isOpen } = row;
  const isHealed = problem?.state === "healed";
  const look = isHealed ? "delivered" : lookOf(outcome);
  return (
    <div
      {...option(row)}
      class={`row fold o-${look}`}
      data-open={isOpen}
      onClick={() => toggleFold(row.id)}
    >
      <div class="first">
        <span class="twist" aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
        <OutcomeIcon outcome={look} />
        <b class="word">{OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome] ?? "unknown"}</b>
        <span>
          {plural(count, exchangeNoun(protocol))}
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

function FlowView(row: Shown<FlowRow>) {
  const { flow, exchange, nested, fold } = row;
  const outcome = exchange === undefined ? flow.outcome : exchangeLook(exchange.outcome);
  const cause = exchange?.cause ?? flow.cause;
  const gap = exchange?.gap ?? flow.gap;
  return (
    <div
      {...option(row)}
      class={`row o-${outcome}${nested ? " nested" : ""}${fold === undefined ? "" : " in-fold"}`}
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

function PacketCounts({ flow }: { flow: Flow }) {
  const { packets, counted } = flow;
  const isCounted = packets.basis === "counted";
  const told = isCounted ? counted?.traced?.seen : undefined;
  const lost = packets.dropped + packets.vanished;
  return (
    <span class="packets">
      {countedFirst(flow, { grouped, plural })}
      {grouped(packets.seen)} {isCounted ? "counted" : "seen"}
      {lost > 0 && <b class="bad">{grouped(lost)} lost</b>}
      {packets.delivered > 0 && <span>{grouped(packets.delivered)} delivered</span>}
      {packets.unknown > 0 && <span>{grouped(packets.unknown)} unknown</span>}
      {told !== undefined && <span>{grouped(told)} told one by one</span>}
    </span>
  );
}
