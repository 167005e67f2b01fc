/// <reference lib="dom" />
/** What is wrong, before all flows: one card a problem. */
import type { Problem } from "../../event/report.ts";
import { clipEnd, visible } from "../../words/escape.ts";
import { passedWords, problemOutcome, problemsHead } from "../../words/problem.ts";
import { bySameCause, othersText, type SameCause } from "../../words/same_cause.ts";
import { nearLines } from "../../words/change.ts";
import { lookOf, OutcomeIcon } from "../parts/icons.tsx";
import { Chunked } from "../parts/chunked.tsx";
import { Mended } from "../parts/mended.tsx";
import { sizeWords } from "../parts/problem_size.tsx";
import { COUNTING, grouped, LABELLED, plural, timeOfDayHere } from "../parts/writing.ts";
import type { ShownProblem } from "../state/in_window.ts";
import { problem as shown, problems, share, toggleProblem, wantedProblem } from "../state/model.ts";
import { areOthersShown, toggleOthers } from "../state/same_cause.ts";
import { began as first, changes } from "../state/told.ts";
import { barsOf, problemPlace, problemService } from "./problem_words.ts";

/** The cards; nothing when there is no problem. */
export function Problems() {
  const { known, unknown } = problems.value;
  if (known.length + unknown.length === 0) return null;
  return (
    <section class="problems" aria-label="problems">
      <h2>{problemsHead(known, share.value, COUNTING, bySameCause(known).length)}</h2>
      <Cards all={known} />
      {unknown.length > 0 && (
        <details>
          <summary>
            {grouped(unknown.length)} more of which it is not known how it ended:{" "}
            {plural(unknown.reduce((sum, { flows }) => sum + flows, 0), "flow")}
          </summary>
          <Cards all={unknown} />
        </details>
      )}
    </section>
  );
}

/** Pixels of a card, and how many are drawn together. */
const CARDS = { height: 118, size: 8 };

function Cards({ all }: { all: readonly ShownProblem[] }) {
  const causes = bySameCause(all);
  const isWanted = ({ id }: Problem) => id === wantedProblem.value;
  return (
    <Chunked
      items={causes}
      {...CARDS}
      wanted={causes.findIndex(({ first, others }) => [first, ...others].some(isWanted))}
    >
      {(same, item) => (
        <div key={same.first.id} class="problem" {...item}>
          <Card problem={same.first} />
          {same.others.length > 0 && <Others same={same} />}
        </div>
      )}
    </Chunked>
  );
}

/** The same towards other ends: a line, which opens to a card for each. */
function Others({ same }: { same: SameCause<ShownProblem> }) {
  const isOpen = areOthersShown(same);
  return (
    <details class="others" open={isOpen}>
      <summary
        onClick={(event) => {
          event.preventDefault();
          toggleOthers(same.first);
        }}
      >
        {visible(othersText(same, COUNTING, LABELLED))}
      </summary>
      {isOpen && same.others.map((problem) => <Card key={problem.id} problem={problem} />)}
    </details>
  );
}

const STATES = new Set<string>(["active", "healed", "ended"]);

/** The nearest change when it began, and when it was mended; the list below the strip has the others. */
function nearest({ began, mended }: Problem): string[] {
  const time = (timeOfDay: string) => timeOfDayHere(timeOfDay, first.value);
  const [before, after] = [began, mended].map((all = []) => all.slice(0, 1));
  return nearLines({ began: before, mended: after }, changes.value, time, LABELLED);
}

/** Red is for what is known to fail. */
const looksLike = ({ state, severity }: Problem): string =>
  severity === "unknown" && state !== "healed" ? "ended" : STATES.has(state) ? state : "active";

/** What failed and what got through; of a stretch of time both, and when, as its parts tell it. */
function countWords(problem: ShownProblem): string {
  const { passed, inWindow, counted } = problem;
  // Its size tells packets, not failures.
  if (counted !== undefined) return "";
  if (inWindow === undefined) {
    const words = passedWords(problem, plural);
    return words === "" ? "" : `, ${words}`;
  }
  const through = (most: string) => passed > 0 ? `, ${most}${grouped(passed)} got through` : "";
  const { failures, isAtMost, span } = inWindow;
  const most = isAtMost ? "at most " : "";
  const time = (ms: number) => timeOfDayHere(new Date(ms).toISOString(), first.value);
  const when = span === null ? "" : ` between ${time(span.fromMs)} and ${time(span.toMs)}`;
  const failed = failures === 0 ? "" : `, ${most}${plural(failures, "failure")}${when}`;
  return failed + through(most);
}

function Card({ problem }: { problem: ShownProblem }) {
  const { outcome, cause, gap, state, timeline, inWindow } = problem;
  const why = cause?.sentence ?? gap;
  return (
    <button
      type="button"
      class={`card is-${looksLike(problem)}`}
      data-problem={problem.id}
      aria-pressed={shown.value?.id === problem.id}
      onClick={() => toggleProblem(problem)}
    >
      <span class="what">
        <OutcomeIcon outcome={state === "healed" ? "delivered" : lookOf(outcome)} />
        <span>
          <b class="word">{problemOutcome(problem, LABELLED)}</b> {problemService(problem)}{" "}
          <span class="place">{problemPlace(problem)}</span>
        </span>
      </span>
      {why !== undefined && (
        <span class="why">
          {cause !== undefined && <b>{visible(clipEnd(cause.code, 40))}:</b>}{" "}
          {visible(clipEnd(why, 240))}
        </span>
      )}
      <span class="size">
        <span>
          {sizeWords(problem, inWindow !== undefined)}
          {countWords(problem)}
        </span>
        <Timeline timeline={timeline} />
      </span>
      <span class="times">
        {inWindow !== undefined && <span class="quiet">in the whole incident:</span>}{" "}
        <Mended problem={problem} />
      </span>
      {nearest(problem).map((line) => <span key={line} class="near">{line}</span>)}
    </button>
  );
}

/** Units of the drawing: each part of time is as wide as this, failures and passes as high. */
const STEP = 4;
const HIGH = 12;

/** One path for all bars: an element for each would be more than all the rest of the page. */
const bar = (at: number, from: number, tall: number): string =>
  tall === 0 ? "" : `M${at * STEP} ${from}v${tall.toFixed(2)}h${STEP - 1}V${from}z`;

/** Failures above the line, what got through below it; the words beside it say the same. */
function Timeline({ timeline }: { timeline: Problem["timeline"] }) {
  const bars = barsOf(timeline);
  if (bars.length === 0) return null;
  const tall = (part: number) => part === 0 ? 0 : Math.max(1.5, part * HIGH);
  // Where nothing got through there is nothing to draw below the line.
  const deep = bars.some(({ passed }) => passed > 0) ? HIGH : 0;
  // A single part of time must not be one bar as wide as the card.
  const width = Math.max(32, bars.length) * STEP;
  return (
    <svg
      class="timeline"
      style={{ height: `${HIGH + deep + 1}px` }}
      viewBox={`0 0 ${width} ${HIGH + deep + 1}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="axis" d={`M0 ${HIGH + 0.5}H${width}`} />
      <path
        class="failed"
        d={bars.map(({ at, failed }) => bar(at, HIGH, -tall(failed))).join("")}
      />
      <path
        class="passed"
        d={bars.map(({ at, passed }) => bar(at, HIGH + 1, tall(passed))).join("")}
      />
    </svg>
  );
}
