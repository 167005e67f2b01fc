/// <reference lib="dom" />
/** What filters the flows: words with suggestions, chips that put words there, and how many are left. */
import { ALL_OUTCOMES } from "../../event/codes.ts";
import { wordsOf } from "../../event/filter/mod.ts";
import { visible } from "../../words/escape.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { lookOf, OutcomeIcon } from "../parts/icons.tsx";
import { grouped as written, plural } from "../parts/writing.ts";
import { filter, outcomesShown, toggleOutcome } from "../state/filter.ts";
import {
  grouped,
  helpOpen,
  list,
  lookAt,
  problem,
  share,
  showAllProblems,
  timeWindow,
  told,
} from "../state/model.ts";
import { computed } from "@preact/signals";
import { isFinding } from "../state/finding.ts";
import { timeHere } from "../../words/time.ts";
import { FilterInput } from "./filter_input.tsx";
import { askedNoun } from "../../words/problem.ts";
import { problemName } from "./problem_words.ts";

/** How many groups have an outcome, exactly as the filter `outcome …` counts them. */
const counts = computed(() => {
  const found = list.value.now.outcomes;
  return ALL_OUTCOMES.map((outcome) => ({ outcome, count: found.get(outcome) ?? 0 }));
});

/** What was seen, for suggestions. */
const seen = computed(() =>
  wordsOf(
    grouped.value.flatMap(({ flows, exchange }) => flows.map((flow) => [flow, exchange] as const)),
  )
);

/** The filter, its chips, and how many flows are left. */
export function FilterBar() {
  const { wrong, text } = filter.value;
  return (
    <div class="controls">
      <FilterInput words={seen} />
      {wrong !== null && (
        <p class="kept quiet">
          {text === "" ? "Nothing is filtered until then." : (
            <>
              Shown until then: what fits <code>{visible(text.slice(0, 200))}</code>
            </>
          )}
        </p>
      )}
      <div class="chips" role="group" aria-label="what is shown">
        <span class="quiet">{askedNoun(share.value.protocols)}s with</span>
        {counts.value.filter(({ outcome, count }) => count > 0 || outcomesShown.value.has(outcome))
          .map(({ outcome, count }) => (
            <OutcomeChip key={outcome} outcome={outcome} count={count} disabled={wrong !== null} />
          ))}
        {problem.value !== null && (
          <RemovableChip
            text={`only ${problemName(problem.value)}`}
            title="show the flows of all problems, and of none"
            onRemove={showAllProblems}
          />
        )}
        <WindowChip />
      </div>
      <Count />
      <p class="quiet find-hint" role="status">
        {isFinding.value && isLong.value &&
          "The browser finds what is near to be seen. The filter, key /, looks at all."}
      </p>
    </div>
  );
}

function OutcomeChip(
  { outcome, count, disabled }: { outcome: string; count: number; disabled: boolean },
) {
  const look = lookOf(outcome);
  return (
    <button
      type="button"
      class={`chip o-${look}`}
      aria-pressed={outcomesShown.value.has(outcome)}
      title={`filter: outcome ${outcome}`}
      disabled={disabled}
      onClick={() => toggleOutcome(outcome)}
    >
      <OutcomeIcon outcome={look} /> {OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome]}{" "}
      <b>{written(count)}</b>
    </button>
  );
}

function RemovableChip(
  { text, title, onRemove }: { text: string; title: string; onRemove: () => void },
) {
  return (
    <button type="button" class="chip only" title={title} onClick={onRemove}>
      {text} <b aria-hidden="true">×</b>
      <span class="unseen">: remove this filter</span>
    </button>
  );
}

function WindowChip() {
  const window = timeWindow.value;
  if (window === null) return null;
  const [from, to] = [new Date(window.fromMs), new Date(window.toMs)];
  return (
    <RemovableChip
      text={`only ${timeHere(from)} – ${timeHere(to, from)}`}
      title="show what was at any time"
      onRemove={() => lookAt(null)}
    />
  );
}

/** So many rows are elements at once, whatever the window. */
const ELEMENTS_MIN = 12;
const isLong = computed(() => list.value.now.total.rows > ELEMENTS_MIN);

function Count() {
  const total = told.value.flows.size;
  const shown = list.value.now.flows;
  return (
    <p class="count">
      {shown === total ? plural(total, "flow") : `${written(shown)} of ${plural(total, "flow")}`}
      , worst first
      <button type="button" class="keys" onClick={() => helpOpen.value = true}>keys: ?</button>
    </p>
  );
}
