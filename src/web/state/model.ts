/// <reference lib="dom" />
/** What the page knows and what its reader chose: signals that the views read. */
import { computed, effect, signal } from "@preact/signals";
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import type { IncidentSummary } from "../live/api.ts";
import { matchesReported } from "../../event/filter/mod.ts";
import { filter } from "./filter.ts";
import { focusSoon } from "./focus.ts";
import { groups, isOfProblem } from "./groups.ts";
import { rowsOf } from "./rows.ts";
import { problemsInWindow, type ShownProblem } from "./in_window.ts";
import { isGroupWithin, readWindow, type Window, windowText as textOfWindow } from "./window.ts";
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
/** Whether nothing more can come: it was closed or deleted, or is an archive that was imported. */
export const isOver = computed(() =>
  told.value.ended !== null || incident.value?.closed === true || incident.value?.imported === true
);

/** Id of the flow that the reader chose; null until then, and the page shows the worst. */
export const chosen = inAddress("flow");
/** Id of the problem that the reader filters by; null for none. */
export const problemId = inAddress("problem");
const view = inAddress("view");
/** Which pane is visible on a narrow page, which has room for one; the map takes the flow's place. */
export const pane = computed<"list" | "flow" | "map">(() =>
  view.value === "flow" || view.value === "map" ? view.value : "list"
);
/** True while the help is shown. */
export const helpOpen = signal(false);

const windowText = inAddress("time");
/** The stretch of time that the reader looks at; null for all of it. */
export const timeWindow = computed(() => readWindow(windowText.value));

/** All flows, those that belong together beside each other. */
export const grouped = computed(() =>
  groups(told.value.order, told.value.flows, told.value.exchanges)
);
/** Those of them in the stretch of time that the reader looks at. */
export const within = computed(() => {
  const window = timeWindow.value;
  return window === null
    ? grouped.value
    : grouped.value.filter((one) => isGroupWithin(one, window));
});
/** The problem that the reader filters by; null when there is none, or no longer. */
export const problem = computed<Problem | null>(() =>
  told.value.problems.find(({ id }) => id === problemId.value) ?? null
);

/** What is listed: of the problem, of the stretch of time, and as the filter says. */
export const listed = computed(() => {
  const { node } = filter.value;
  const ids = problem.value === null ? null : new Set([problem.value.id]);
  return within.value.filter((group) =>
    (ids === null || isOfProblem(group, ids)) &&
    group.flows.some((flow) => matchesReported(node, flow, group.exchange))
  );
});

const openFolds = signal<ReadonlySet<string>>(new Set());

/** The rows of the list. */
export const rows = computed(() =>
  rowsOf(listed.value, {
    problems: new Map(told.value.problems.map((one) => [one.id, one])),
    open: openFolds.value,
    isOn: problem.value === null,
  })
);

const shownProblems = computed<readonly ShownProblem[]>(() => {
  const window = timeWindow.value;
  const all = told.value.problems;
  if (window === null) return all;
  return problemsInWindow(all, { all: grouped.value, within: within.value }, window);
});

/**
 * Problems whose outcome is known, and those that may be none: nobody saw how they ended. Both in the
 * stretch of time that the reader looks at, with their numbers in it.
 */
export const problems = computed(() => {
  const isKnown = ({ severity }: Problem) => severity !== "unknown";
  const all = shownProblems.value;
  return { known: all.filter(isKnown), unknown: all.filter((one) => !isKnown(one)) };
});

/** A problem with its numbers in the stretch of time that the reader looks at, where it failed in it. */
export const inShownTime = (problem: Problem): ShownProblem =>
  shownProblems.value.find(({ id }) => id === problem.id) ?? problem;

/** How many connections and other flows there are, and how many of them have a known problem. */
export const share = computed(() => {
  const ids = new Set(problems.value.known.map(({ id }) => id));
  const failed = within.value.filter((group) => isOfProblem(group, ids));
  const protocols = new Set(within.value.map(({ flows }) => flows[0]!.protocol));
  return { failed: failed.length, total: within.value.length, protocols };
});

/** The flow that shows best what is wrong, of those that are listed; else the first of them. */
const worstId = computed<string | null>(() => {
  const shown = new Set(listed.value.flatMap(({ flows }) => flows.map(({ id }) => id)));
  const examples = problems.value.known.map(({ example }) => example);
  return examples.find((id) => shown.has(id)) ?? listed.value[0]?.flows[0]?.id ?? null;
});

/** Id of the flow that is shown, which stays when the list moves; null when there is none. */
export const selectedId = computed<string | null>(() => chosen.value ?? worstId.value);

const cursor = signal<string | null>(null);

/** Where the keyboard stands in the list: an index of `rows`, -1 for nowhere. */
export const activeRow = computed<number>(() => {
  const all = rows.value;
  const keys = [cursor.value, selectedId.value];
  for (const key of keys) {
    const at = key === null ? -1 : all.findIndex((row) => row.key === key);
    if (at >= 0) return at;
  }
  return all.findIndex((row) =>
    row.kind === "fold" &&
    row.groups.some(({ flows }) => flows.some(({ id }) => id === selectedId.value))
  );
});

/** The flow that is shown; null when it is no longer in the report. */
export const selected = computed<Flow | null>(() =>
  selectedId.value === null ? null : told.value.flows.get(selectedId.value) ?? null
);

const groupOfFlow = computed(() =>
  new Map(grouped.value.flatMap((group) => group.flows.map(({ id }) => [id, group] as const)))
);

/** The flows of both directions to which a flow belongs: the question first, if it is known. */
export const togetherWith = (id: string): readonly Flow[] => groupOfFlow.value.get(id)?.flows ?? [];

/** The exchange that a flow is the question of, or an answer in. */
export const exchangeOf = (id: string): Exchange | undefined => groupOfFlow.value.get(id)?.exchange;

/** The problems that a flow is part of, or its exchange. */
export function problemsOf(flow: Flow): Problem[] {
  const ids = new Set([...flow.problems ?? [], exchangeOf(flow.id)?.problem]);
  return told.value.problems.filter(({ id }) => ids.has(id));
}

/** Shows a flow; null: the worst one. */
export function choose(id: string | null): void {
  cursor.value = null;
  step({ flow: id });
}

/** Shows a flow, and on a narrow page goes to its pane. */
export function chooseAndOpen(id: string): void {
  cursor.value = null;
  if (isNarrow() && pane.value === "list") step({ flow: id, view: "flow" }, { opened: true });
  else step({ flow: id, ...pane.value === "map" && { view: null } });
  focusSoon("flow");
}

/** Opens a fold of the list, or closes it. */
export function toggleFold(key: string): void {
  const next = new Set(openFolds.value);
  if (!next.delete(key)) next.add(key);
  openFolds.value = next;
  cursor.value = key;
}

/** Looks at a stretch of time alone; null: at all of it. Of one `run`, such as of a key, is one step. */
export function lookAt(window: Window | null, run?: string): void {
  step({ time: window === null ? null : textOfWindow(window) }, { run });
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

/** Lists the flows of a problem; what is shown stays. */
export function showProblem(id: string): void {
  step({ problem: id, view: null });
}

/** Lists the flows of all problems, and of none. */
export function showAllProblems(): void {
  step({ problem: null });
}

/** Moves the choice by `by` rows; past an end it stays at the end. */
export function move(by: number): void {
  const all = rows.value;
  if (all.length === 0) return;
  const at = activeRow.value;
  const row = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]!;
  cursor.value = row.kind === "fold" ? row.key : null;
  if (row.kind === "flow") step({ flow: row.flow.id }, { run: "move" });
}

/** Opens what the keyboard stands at: a fold, or the pane of the flow. */
export function openActive(): void {
  const row = rows.value[activeRow.value];
  if (row?.kind === "fold") toggleFold(row.key);
  else openFlow();
}

/** Closes the fold that the keyboard stands at or in. */
export function closeFold(): void {
  const row = rows.value[activeRow.value];
  const key = row?.kind === "fold" ? row.key : row?.fold;
  if (key !== undefined && openFolds.value.has(key)) toggleFold(key);
}

/** Whether the page has room for one pane. */
export const isNarrow = () => matchMedia("(max-width: 859px)").matches;

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
  if (pane.value === "flow" || (pane.value === "map" && isNarrow())) step({ view: null });
}

/** Follows the page's address, and moves the focus to the list when Back leads there. */
export function followAddress(): void {
  watchAddress();
  // A link to a flow shows it, also where there is room for one pane.
  if (isNarrow() && chosen.value !== null && view.value === null) adjust({ view: "flow" });
  let before = pane.value;
  effect(() => {
    if (before !== "list" && pane.value === "list") focusSoon("flows");
    before = pane.value;
  });
}

/** The address of what is shown, also where the page chose it. */
export const linkToShown = (): string => linkHere({ flow: selectedId.value });
