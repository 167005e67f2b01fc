/// <reference lib="dom" />
/** A whole incident on paper: its problems with the flow that shows each best, and what is well. */
import { changePlace, changeText, nearLines } from "../../words/change.ts";
import { visible } from "../../words/escape.ts";
import { mendedText } from "../../words/mended.ts";
import { bySameCause, othersText, type SameCause } from "../../words/same_cause.ts";
import { EXCHANGE_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { exchangeNoun, problemOutcome, problemsHead } from "../../words/problem.ts";
import { FlowArticle } from "../flow/flow_detail.tsx";
import { problemPlace, problemService } from "../list/problem_words.ts";
import { Text } from "../parts/text.tsx";
import { COUNTING, LABELLED, plural } from "../parts/writing.ts";
import type { ShownProblem } from "../state/in_window.ts";
import { sizeWords } from "../parts/problem_size.tsx";
import { clientOf, isWell, outcomeOf, serviceOf } from "../state/groups.ts";
import { chosen, incident, problems, share, timeWindow, told, within } from "../state/model.ts";
import { printing } from "../state/printing.ts";

/** Problems that are told in full; paper is no place for five hundred. */
const FULL_MAX = 40;
/** Lines of a list. */
const LINES_MAX = 100;

/** The incident; nothing while the page is not being printed. */
export function PrintReport({ id }: { id: string }) {
  if (!printing.value) return null;
  const { known, unknown } = problems.value;
  const { from, to, nodes } = told.value;
  const window = timeWindow.value;
  const flow = told.value.flows.get(chosen.value ?? "");
  const causes = bySameCause(known);
  const left = causes.slice(FULL_MAX).reduce((sum, { others }) => sum + 1 + others.length, 0);
  const isTold = known.some(({ example }) => example === flow?.id);
  return (
    <section class="print-report">
      <h1>Incident {visible(id)}</h1>
      <p>
        {from === null ? "nothing seen yet" : `${utc(from)} to ${utc(to ?? from)}`}, filter{" "}
        {incident.value?.filter || "everything"}, printed {utc(new Date().toISOString())}
      </p>
      {window !== null && (
        <p>
          Only what was seen from {utc(new Date(window.fromMs).toISOString())} to{" "}
          {utc(new Date(window.toMs).toISOString())}; whether a problem still is, is told of the
          whole incident.
        </p>
      )}
      <ul>
        {nodes.map(({ name, kernel, events, lost, gaps = [] }) => (
          <li key={name}>
            {visible(name)}: Linux {visible(kernel)}, {plural(events, "event")}, {lost} lost
            {gaps.map((gap) => `; ${visible(gap)}`)}
          </li>
        ))}
      </ul>
      <h2>{problemsHead(known, share.value, COUNTING, causes.length)}</h2>
      {causes.slice(0, FULL_MAX).map((same, i) => (
        <PrintedProblem key={same.first.id} same={same} number={i + 1} />
      ))}
      {left > 0 && <p>and {plural(left, "problem")} more</p>}
      {unknown.length > 0 && <h2>Of which it is not known how it ended</h2>}
      <ul>
        {unknown.slice(0, LINES_MAX).map((problem) => (
          <li key={problem.id}>{problemLine(problem)}</li>
        ))}
      </ul>
      {flow !== undefined && !isTold && (
        <>
          <h2>The chosen flow</h2>
          <FlowArticle flow={flow} />
        </>
      )}
      <Well />
      <Changes />
    </section>
  );
}

/** `2026-11-20 03:12:41 UTC`: paper is read in other time zones, and on other days. */
const utc = (timeOfDay: string): string =>
  timeOfDay.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*$/, "$1 $2 UTC");

const problemLine = (problem: ShownProblem): string =>
  `${problemOutcome(problem, LABELLED)} ${problemService(problem)} ${problemPlace(problem)}: ` +
  sizeWords(problem, timeWindow.value !== null);

function PrintedProblem({ same, number }: { same: SameCause<ShownProblem>; number: number }) {
  const problem = same.first;
  const { cause, gap, example } = problem;
  const others = othersText(same, COUNTING, LABELLED);
  const flow = told.value.flows.get(example);
  return (
    <section class="print-problem">
      <h2>{number}. {problemLine(problem)}</h2>
      <p>
        <b>{mendedText(problem, { time: utc, nowMs: null })}</b>
      </p>
      {nearLines(problem, told.value.changes, utc, LABELLED).map((line) => <p key={line}>{line}
      </p>)}
      {flow === undefined
        ? (
          <p>
            <Text value={cause?.sentence ?? gap ?? ""} />
          </p>
        )
        : <FlowArticle flow={flow} />}
      {others !== "" && (
        <p>
          <Text value={others} />
        </p>
      )}
    </section>
  );
}

function Well() {
  const services = new Map<string, { noun: string; count: number; clients: Set<string> }>();
  for (const group of within.value.filter(isWell)) {
    const { protocol, end } = serviceOf(group);
    const outcome = outcomeOf(group);
    const word = OUTCOME_WORDS[outcome] ?? EXCHANGE_WORDS[outcome];
    const key = `${protocol} to ${end}: ${word}`;
    const service = services.get(key) ??
      { noun: exchangeNoun(protocol), count: 0, clients: new Set() };
    services.set(key, service);
    service.count += 1;
    service.clients.add(clientOf(group));
  }
  if (services.size === 0) return null;
  return (
    <>
      <h2>Well</h2>
      <ul>
        {[...services].slice(0, LINES_MAX).map(([key, { noun, count, clients }]) => (
          <li key={key}>
            {visible(key)}, {plural(count, noun)} from {plural(clients.size, "client")}
          </li>
        ))}
      </ul>
    </>
  );
}

function Changes() {
  const { changes } = told.value;
  if (changes.length === 0) return null;
  return (
    <>
      <h2>What changed on the nodes</h2>
      <ul>
        {changes.slice(-LINES_MAX).map((change) => (
          <li key={change.id}>
            {utc(change.by)} {changeText(change, LABELLED)} {changePlace(change, LABELLED)}
          </li>
        ))}
      </ul>
    </>
  );
}
