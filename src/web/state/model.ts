/// <reference lib="dom" />
/** What the page knows and what its reader chose: signals that the views read. */
import { computed, effect, signal } from "@preact/signals";
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import type { IncidentSummary } from "../live/api.ts";
import { groups, isOfProblem, rowsOf } from "./rows.ts";
import type { Connection } from "../live/follow.ts";
import { EMPTY_STATE, type IncidentState } from "../live/incident_state.ts";
import { adjust, closesByBack, inAddress, linkHere, step, watchAddress } from "./url.ts";

/** The incident as the live stream has reported it so far. */
export const told = signal<IncidentState>(EMPTY_STATE);
/** State of the connection to the live stream. */
export const connection = signal<Connection>({ state: "connecting" });
/** When something last came from the ingest, in milliseconds since 1970; null before that. */
export const updatedMs = signal<number | null>(null);
/** Filter and state of the incident; null until they are read. */
export const incident = signal<IncidentSummary | null>(null);

/** Id of the flow that the reader chose; null until then, and the page shows the worst. */
export const chosen = inAddress("flow");
const filterText = inAddress("filter");
/** The words that the reader filters by. */
export const words = computed(() => filterText.value ?? "");
/** The outcomes that the reader filters by; none means all. */
export const outcomes = signal<ReadonlySet<string>>(new Set());
/** Id of the problem that the reader filters by; null for none. */
export const problemId = inAddress("problem");
const view = inAddress("view");
/** Which pane is visible on a narrow page, which has room for one. */
export const pane = computed<"list" | "flow">(() => view.value === "flow" ? "flow" : "list");
/** True while the help is shown. */
export const helpOpen = signal(false);

const grouped = computed(() => groups(told.value.order, told.value.flows, told.value.exchanges));
/** The problem that the reader filters by; null when there is none, or no longer. */
export const problem = computed<Problem | null>(() =>
  told.value.problems.find(({ id }) => id === problemId.value) ?? null
);

/** The rows of the list. */
export const rows = computed(() =>
  rowsOf(grouped.value, {
    words: words.value,
    outcomes: outcomes.value,
    problem: problem.value?.id,
  })
);

/** Problems whose outcome is known, and those that may be none: nobody saw how they ended. */
export const problems = computed(() => {
  const isKnown = ({ severity }: Problem) => severity !== "unknown";
  const all = told.value.problems;
  return { known: all.filter(isKnown), unknown: all.filter((one) => !isKnown(one)) };
});

/** How many connections and other flows there are, and how many of them have a known problem. */
export const share = computed(() => {
  const ids = new Set(problems.value.known.map(({ id }) => id));
  const failed = grouped.value.filter((group) => isOfProblem(group, ids));
  const protocols = new Set(grouped.value.map(({ flows }) => flows[0]!.protocol));
  return { failed: failed.length, total: grouped.value.length, protocols };
});

/** Id of the flow that is shown, which stays when the list moves; null when there is none. */
export const selectedId = computed<string | null>(() => {
  if (chosen.value !== null) return chosen.value;
  const shown = new Set(rows.value.map(({ flow }) => flow.id));
  return grouped.value.map(({ flows }) => flows[0]!.id).find((id) => shown.has(id)) ?? null;
});

/** The flow that is shown; null when it is no longer in the report. */
export const selected = computed<Flow | null>(() =>
  selectedId.value === null ? null : told.value.flows.get(selectedId.value) ?? null
);

/** The flows that answer a flow. */
export const repliesTo = (id: string): Flow[] =>
  grouped.value.find(({ flows }) => flows[0]!.id === id)?.flows.slice(1) ?? [];

/** The exchange that a flow is the question of, or an answer in. */
export const exchangeOf = (id: string): Exchange | undefined =>
  grouped.value.find(({ flows }) => flows.some((flow) => flow.id === id))?.exchange;

/** Shows a flow; null: the worst one. */
export function choose(id: string | null): void {
  step({ flow: id });
}

/** Shows a flow, and on a narrow page goes to its pane. */
export function chooseAndOpen(id: string): void {
  if (isNarrow() && pane.value === "list") step({ flow: id, view: "flow" }, { opened: true });
  else step({ flow: id });
  focusSoon("flow");
}

/** Filters the list by what the reader types. */
export function filterBy(text: string): void {
  adjust({ filter: text });
}

/**
 * Filters the list by a problem and shows the flow that shows it best; shows all flows again when
 * the list is filtered by it already.
 */
export function toggleProblem({ id, example }: Problem): void {
  if (problem.value?.id === id) return showAllProblems();
  // The example may be too old for the ingest to have kept it: the worst of those that are left.
  const flow = told.value.flows.has(example) ? example : null;
  const opens = isNarrow() && pane.value === "list";
  step({ problem: id, flow, ...opens && { view: "flow" } }, opens ? { opened: true } : {});
  if (opens) focusSoon("flow");
}

/** Lists the flows of all problems, and of none. */
export function showAllProblems(): void {
  step({ problem: null });
}

/** Moves the choice by `by` rows; past an end it stays at the end. */
export function move(by: number): void {
  const all = rows.value;
  if (all.length === 0) return;
  const at = all.findIndex(({ flow }) => flow.id === selectedId.value);
  const to = at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by));
  step({ flow: all[to]!.flow.id }, { run: "move" });
}

/** Adds an outcome to those that are shown, or takes it away. */
export function toggleOutcome(outcome: string): void {
  const next = new Set(outcomes.value);
  if (!next.delete(outcome)) next.add(outcome);
  outcomes.value = next;
}

const isNarrow = () => matchMedia("(max-width: 859px)").matches;

/** Goes to the pane of the flow that is shown. */
export function openFlow(): void {
  if (selectedId.value === null) return;
  // On a narrow page this is a step that the browser's own Back should undo.
  if (isNarrow() && pane.value === "list") {
    step({ flow: selectedId.value, view: "flow" }, { opened: true });
  }
  focusSoon("flow");
}

/** Goes back to the list. */
export function closeFlow(): void {
  if (pane.value === "flow" && closesByBack()) history.back();
  else {
    showList();
    focusSoon("flows");
  }
}

/** On a narrow page, shows the pane of the list. */
export function showList(): void {
  if (pane.value === "flow") step({ view: null });
}

/** Follows the page's address, and moves the focus to the list when Back leads there. */
export function followAddress(): void {
  watchAddress();
  // A link to a flow shows it, also where there is room for one pane.
  if (isNarrow() && chosen.value !== null && view.value === null) adjust({ view: "flow" });
  let before = pane.value;
  effect(() => {
    if (before === "flow" && pane.value === "list") focusSoon("flows");
    before = pane.value;
  });
}

/** The address of what is shown, also where the page chose it. */
export const linkToShown = (): string => linkHere({ flow: selectedId.value });

/** Moves the keyboard's focus to an element, after the views have followed the signals. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true }));
}
