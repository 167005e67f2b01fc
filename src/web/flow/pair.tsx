/// <reference lib="dom" />
/** The path of a flow, and beside it that of the other direction: question and answer as a pair. */
import type { Flow } from "../../event/report.ts";
import { flowName } from "../../words/ends.ts";
import { visible } from "../../words/escape.ts";
import { OUTCOME_WORDS } from "../../words/outcome.ts";
import { PathDrawing } from "../path/drawing.tsx";
import { OutcomeIcon } from "../parts/icons.tsx";
import { PAGE } from "../parts/writing.ts";
import { choose, exchangeOf, togetherWith } from "../state/model.ts";
import { spokenVerdict } from "./sentence.ts";

/** Question and answer; of several answers the shown one, else the best. Null where one is missing. */
export function pairOf(flow: Flow): readonly [Flow, Flow] | null {
  const [question, ...answers] = togetherWith(flow.id);
  const best = exchangeOf(flow.id)?.answer;
  const answer = answers.find(({ id }) => id === flow.id) ??
    answers.find(({ id }) => id === best) ?? answers[0];
  return question === undefined || answer === undefined ? null : [question, answer];
}

/** The drawings of both directions side by side, or that of the only one. */
export function Paths({ flow }: { flow: Flow }) {
  const pair = pairOf(flow);
  return (
    <section class="figure">
      <h3>
        Path <span class="quiet">times within a node, by its own clock</span>
      </h3>
      {pair === null ? <Drawing flow={flow} /> : (
        <div class="pair">
          <Direction name="Question" flow={pair[0]} shown={flow.id} />
          <Direction name="Answer" flow={pair[1]} shown={flow.id} />
        </div>
      )}
    </section>
  );
}

const Drawing = ({ flow }: { flow: Flow }) => (
  <PathDrawing flow={flow} summary={`${spokenVerdict(flow)}. Every hop is listed below.`} />
);

function Direction({ name, flow, shown }: { name: string; flow: Flow; shown: string }) {
  const isShown = flow.id === shown;
  return (
    <div class={`direction o-${flow.outcome}`}>
      <button
        type="button"
        aria-pressed={isShown}
        title={isShown ? undefined : "show what is known of this direction"}
        onClick={() => choose(flow.id)}
      >
        <OutcomeIcon outcome={flow.outcome} />
        <span>
          <b>{name}</b> {OUTCOME_WORDS[flow.outcome] ?? "unknown"}{" "}
          <span class="mono">{visible(flowName(flow, PAGE)).slice(0, 160)}</span>
        </span>
      </button>
      <Drawing flow={flow} />
    </div>
  );
}
