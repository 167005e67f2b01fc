/// <reference lib="dom" />
/** One flow: the verdict first, then what to do, then the way there. */
import type { Flow } from "../../event/report.ts";
import { endsName, flowName } from "../../words/ends.ts";
import { label, visible } from "../../words/escape.ts";
import { roomWords } from "../../words/place.ts";
import { CauseCode } from "../parts/cause_code.tsx";
import { Comparison, PinButton } from "./comparison.tsx";
import { Coverage, Evidence, Packets, Remedy } from "./findings.tsx";
import { HopTable } from "./hop_table.tsx";
import { OutcomeIcon } from "../parts/icons.tsx";
import {
  choose,
  closeFlow,
  exchangeOf,
  selected,
  selectedId,
  togetherWith,
  told,
} from "../state/model.ts";
import { ExchangePanel } from "./exchange_panel.tsx";
import { FlowProblems, isCauseMended, isMended } from "./flow_problems.tsx";
import { pairOf, Paths } from "./pair.tsx";
import { CONFIDENCE, headline } from "./sentence.ts";
import { preciseSpanHere } from "../parts/precise.ts";
import { Name, Text } from "../parts/text.tsx";
import { PAGE } from "../parts/writing.ts";

/** The pane of the chosen flow. */
export function FlowDetail() {
  const flow = selected.value;
  return (
    <section id="flow" class="flow" tabIndex={0} aria-label="the chosen flow">
      <button type="button" class="back" onClick={closeFlow}>← all flows</button>
      {flow === null ? <NoFlow /> : <FlowArticle flow={flow} />}
    </section>
  );
}

function NoFlow() {
  if (selectedId.value === null) {
    return <p class="nothing">{told.value.known ? "No flow to show yet." : ""}</p>;
  }
  return (
    <p class="nothing">
      This flow is no longer in the report.{" "}
      <button type="button" onClick={() => choose(null)}>Show the worst one</button>
    </p>
  );
}

/** All that is known of one flow. */
export function FlowArticle({ flow }: { flow: Flow }) {
  const causes = [flow.cause, ...flow.otherCauses ?? []].filter((one) => one !== undefined);
  return (
    <article key={flow.id} class={`o-${flow.outcome}${isMended(flow) ? " mended" : ""}`}>
      <FlowEnds flow={flow} />
      <Comparison flow={flow} />
      <FlowProblems flow={flow} />
      <ExchangePanel flow={flow} />
      <Verdict flow={flow} />
      <Coverage flow={flow} />
      <Paths flow={flow} />
      <div class="columns">
        <div>
          {causes.map((cause, i) => (
            <Remedy key={i} cause={cause} mended={isCauseMended(flow, cause)} />
          ))}
          {causes.map((cause, i) => <Evidence key={i} cause={cause} first={i === 0} />)}
          <Packets flow={flow} />
        </div>
        <HopTable path={flow.path} />
      </div>
    </article>
  );
}

function FlowEnds({ flow }: { flow: Flow }) {
  const { translated } = flow;
  return (
    <header class="flow-ends">
      <p class="mono">
        <b class="protocol">{visible(flow.protocol).slice(0, 16)}</b> {endsName(flow, PAGE)}
        {flow.icmpId !== undefined && <span class="quiet">id {flow.icmpId}</span>}
      </p>
      {translated !== undefined && (
        <p class="mono translated">
          <span class="quiet">translated</span> {endsName(translated, PAGE)}
        </p>
      )}
      <Seen flow={flow} />
      <PinButton flow={flow} />
      <Related flow={flow} />
    </header>
  );
}

/** When the first and the last of its packets were seen; nothing where that is not told. */
function Seen({ flow: { firstAt, lastAt = firstAt } }: { flow: Flow }) {
  if (firstAt === undefined || lastAt === undefined) return null;
  return (
    <p class="quiet" title="by the wall clocks of the nodes that saw them">
      seen {label(preciseSpanHere(firstAt, lastAt), 80)}
    </p>
  );
}

/** Links to further flows of the same exchange. */
function Related({ flow }: { flow: Flow }) {
  // The pair of a question and its best answer stands with the paths.
  const inPair = new Set([flow, ...pairOf(flow) ?? []].map(({ id }) => id));
  const others = togetherWith(flow.id).filter(({ id }) => !inPair.has(id));
  if (others.length === 0) return null;
  return (
    <p class="related">
      {flow.replyOf === undefined ? "also answered by" : "other answers"}{" "}
      {others.slice(0, 3).map((other) => (
        <button
          type="button"
          key={other.id}
          onClick={() => choose(other.id)}
        >
          <OutcomeIcon outcome={other.outcome} /> {visible(flowName(other, PAGE)).slice(0, 120)}
        </button>
      ))}
    </p>
  );
}

function Verdict({ flow }: { flow: Flow }) {
  const { lastHop, cause, gap, counted } = flow;
  const { device, node } = lastHop;
  const [before, after] = headline(flow);
  // What became of one packet is no headline of an exchange that failed.
  const exchange = exchangeOf(flow.id);
  const part = exchange === undefined || exchange.outcome === "answered"
    ? ""
    : exchange.question === flow.id
    ? "The question: "
    : "An answer: ";
  return (
    <div class="verdict">
      <h2 class={part === "" ? "" : "part"}>
        <OutcomeIcon outcome={flow.outcome} />
        <span>
          {part !== "" && <span class="quiet">{part}</span>}
          {before} <Name value={device} max={32} /> in <Name value={roomWords(lastHop)} max={64} />
          {" "}
          on <Name value={node} max={40} />
          {after}
        </span>
      </h2>
      {cause !== undefined && (
        <p class="sentence">
          <Text value={cause.sentence} max={700} />
        </p>
      )}
      {gap !== undefined && (
        <p class="sentence">
          Not known because: <Text value={gap} />
        </p>
      )}
      {counted !== undefined && (
        <p class="sentence">
          <Text value={counted.sentence} max={700} />
        </p>
      )}
      {cause !== undefined && (
        <p class="confidence">
          <CauseCode code={cause.code} />
          <b>{visible(cause.confidence).slice(0, 12)}</b>
          <span class="quiet">{CONFIDENCE[cause.confidence]}</span>
          {cause.rule !== undefined && <span class="quiet">rule {visible(cause.rule)}</span>}
          <span class="quiet">
            more: <code>lasthop explain {cause.code}</code>
          </span>
        </p>
      )}
    </div>
  );
}
