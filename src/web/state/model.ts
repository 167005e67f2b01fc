/// <reference lib="dom" />
/** What the page knows and what its reader chose: signals that the views read. */
import { computed, signal } from "@preact/signals";
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import type { IncidentSummary } from "../live/api.ts";
import { groups, isOfProblem, rowsOf } from "./rows.ts";
import type { Connection } from "../live/follow.ts";
import { EMPTY_STATE, type IncidentState } from "../live/incident_state.ts";

/** The incident as the live stream has reported it so far. */
export const told = signal<IncidentState>(EMPTY_STATE);
/** State of the connection to the live stream. */
export const connection = signal<Connection>({ state: "connecting" });
/** When something last came from the ingest, in milliseconds since 1970; null before that. */
export const updatedMs = signal<number | null>(null);
/** Filter and state of the incident; null until they are read. */
export const incident = signal<IncidentSummary | null>(null);

/** Id of the flow that the reader chose; null until then, and the page shows the worst. */
export const chosen = signal<string | null>(null);
/** The words that the reader filters by. */
export const words = signal("");
/** The outcomes that the reader filters by; none means all. */
export const outcomes = signal<ReadonlySet<string>>(new Set());
/** Id of the problem that the reader filters by; null for none. */
export const problemId = signal<string | null>(null);
/** Which pane is visible on a narrow page, which has room for one. */
export const pane = signal<"list" | "flow">("list");
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

/** Shows a flow, and keeps it in the page's address. */
export function choose(id: string): void {
  chosen.value = id;
  history.replaceState(history.state, "", `#flow=${encodeURIComponent(id)}`);
}

/**
 * Filters the list by a problem and shows the flow that shows it best; shows all flows again when
 * the list is filtered by it already.
 */
export function toggleProblem({ id, example }: Problem): void {
  if (problem.value?.id === id) {
    problemId.value = null;
    return;
  }
  problemId.value = id;
  if (told.value.flows.has(example)) choose(example);
  // The example may be too old for the ingest to have kept it: the worst of those that are left.
  else chosen.value = null;
  if (isNarrow()) openFlow();
}

/** Moves the choice by `by` rows; past an end it stays at the end. */
export function move(by: number): void {
  const all = rows.value;
  if (all.length === 0) return;
  const at = all.findIndex(({ flow }) => flow.id === selectedId.value);
  const to = at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by));
  choose(all[to]!.flow.id);
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
  // On a narrow page this is a step the browser's own Back should undo.
  if (isNarrow() && pane.value === "list") {
    history.pushState({ pane: "flow" }, "", `#flow=${encodeURIComponent(selectedId.value)}`);
  }
  pane.value = "flow";
  focusSoon("flow");
}

/** Goes back to the list. */
export function closeFlow(): void {
  if (history.state?.pane === "flow") history.back();
  else backToList();
}

function backToList(): void {
  pane.value = "list";
  focusSoon("flows");
}

/** Follows the page's address: the flow it names, and the browser's Back. */
export function watchHistory(): void {
  const fromHash = () => {
    const match = /^#flow=(.+)$/.exec(location.hash);
    if (match === null) return;
    try {
      chosen.value = decodeURIComponent(match[1]!);
    } catch { /* a broken link chooses nothing */ }
  };
  fromHash();
  addEventListener("popstate", () => {
    fromHash();
    if (history.state?.pane === "flow") pane.value = "flow";
    else if (pane.value === "flow") backToList();
  });
}

/** Moves the keyboard's focus to an element, after the views have followed the signals. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true }));
}
