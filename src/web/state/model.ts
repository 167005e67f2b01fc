/// <reference lib="dom" />
/** What the page knows and what its reader chose: signals that the views read. */
import { computed, effect, signal } from "@preact/signals";
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import { filter } from "./filter.ts";
import { focusSoon } from "./focus.ts";
import type { Group } from "./groups.ts";
import { problemsInWindow, type ShownProblem } from "./in_window.ts";
import { Listing } from "./listing.ts";
import type { Row } from "./rows.ts";
import { calmVersion, grouping, onRegrouped, told, toldProblems, version } from "./told.ts";
import { adjust, closesByBack, inAddress, linkHere, step, watchAddress } from "./url.ts";
import { readWindow, type Window, windowText as textOfWindow } from "./window.ts";

export { connection, incident, isOver, told, updatedMs } from "./told.ts";

/** Id of the flow that the reader chose; null until then, and the page shows the worst. */
export const chosen = inAddress("flow");
/** Id of the problem that the reader filters by; null for none. */
export const problemId = inAddress("problem");
const view = inAddress("view");
/** Which pane is visible on a narrow page, which has room for one; the map takes the flow's place. */
export const pane = computed<"list" | "flow" | "map">(() =>
  view.value === "flow" || view.value === "map" ? view.value : "list"
);
/** Id of the problem whose card the keyboard goes to; its card is there also when it is not in sight. */
export const wantedProblem = signal<string | null>(null);
/** True while the help is shown. */
export const helpOpen = signal(false);

const windowText = inAddress("time");
/** The stretch of time that the reader looks at; null for all of it. */
export const timeWindow = computed(() => readWindow(windowText.value));

/** The problem that the reader filters by; null when there is none, or no longer. */
export const problem = computed<Problem | null>(() =>
  toldProblems.value.find(({ id }) => id === problemId.value) ?? null
);

const listedProblem = computed(() => problem.value?.id ?? null);
const openFolds = signal<ReadonlySet<string>>(new Set());
const choice = computed(() => ({
  filter: filter.value.node,
  window: timeWindow.value,
  problem: listedProblem.value,
  open: openFolds.value,
}));
const listing = new Listing(grouping, choice.peek());
/** Rises when what is listed may be another: with what is told, and with what the reader chooses. */
const listVersion = signal(0);
/** The same for who looks at all that is listed. */
const calmListVersion = signal(0);

/** Everything that is listed and counted, for as long as this is not read again. */
export const list = computed<{ readonly now: Listing }>(() => {
  listVersion.value;
  version.value;
  return { now: listing };
});

/** All groups of flows that belong together, in no order, as of at most a moment ago. */
export const grouped = computed<readonly Group[]>(() => {
  calmVersion.value;
  return listing.all();
});
/** Those of them in the stretch of time that the reader looks at, in no order. */
export const within = computed<readonly Group[]>(() => {
  calmVersion.value;
  calmListVersion.value;
  return listing.groupsWithin();
});
/** What is listed of them, worst first: of the problem, of the stretch of time, and as the filter says. */
export const listed = computed<readonly Group[]>(() => {
  calmVersion.value;
  calmListVersion.value;
  return listing.groupsListed();
});

const shownProblems = computed<readonly ShownProblem[]>(() => {
  const window = timeWindow.value;
  if (window === null) return toldProblems.value;
  // Their numbers in it are counted over all groups, so no more often than those are looked at.
  const groups = { all: grouped.value, within: within.value };
  return problemsInWindow(toldProblems.peek(), groups, window);
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
  const { failed, within, protocols } = list.value.now;
  return { failed, total: within, protocols: new Set(protocols.keys()) };
});

/** The flow that shows best what is wrong, of those that are listed; else the first of them. */
const worstId = computed<string | null>(() => {
  const { now } = list.value;
  const example = problems.value.known.find(({ example }) => now.has(example))?.example;
  return example ?? now.firstFlow;
});

/** Id of the flow that is shown, which stays when the list moves; null when there is none. */
export const selectedId = computed<string | null>(() => chosen.value ?? worstId.value);

const cursor = signal<string | null>(null);

/** Whether the reader went to the row where the keyboard stands; false: the page did. */
export const isChosen = computed(() => cursor.value !== null || chosen.value !== null);

/** Key of the row where the keyboard stands; null for nowhere. */
export const activeKey = computed<string | null>(() => {
  const { now } = list.value;
  const keys = [cursor.value, selectedId.value];
  return keys.find((key) => key !== null && now.placeOf(key) !== null) ?? null;
});

/** Index of that row: of a flow in a closed fold that of the fold; -1 for nowhere. */
export const activeRow = computed<number>(() => {
  const { now } = list.value;
  const key = activeKey.value;
  return key === null ? -1 : now.placeOf(key)?.index ?? -1;
});

const rowAt = (index: number): Row | undefined => list.value.now.rowAt(index);

/** The flow that is shown; null when it is no longer in the report. */
export const selected = computed<Flow | null>(() =>
  selectedId.value === null ? null : told.value.flows.get(selectedId.value) ?? null
);

const shownGroup = computed(() => {
  version.value;
  return grouping.groupOf(selectedId.value ?? "");
});

/** What is shown of the shown flow is drawn again only when its own group changes. */
function groupOf(id: string): Group | undefined {
  if (id === selectedId.value) return shownGroup.value;
  version.value;
  return grouping.groupOf(id);
}

/** The flows of both directions to which a flow belongs: the question first, if it is known. */
export const togetherWith = (id: string): readonly Flow[] => groupOf(id)?.flows ?? [];

/** The exchange that a flow is the question of, or an answer in. */
export const exchangeOf = (id: string): Exchange | undefined => groupOf(id)?.exchange;

/** The problems that a flow is part of, or its exchange. */
export function problemsOf(flow: Flow): Problem[] {
  const ids = new Set([...flow.problems ?? [], exchangeOf(flow.id)?.problem]);
  return toldProblems.value.filter(({ id }) => ids.has(id));
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
  const { rows } = list.value.now.total;
  if (rows === 0) return;
  const at = activeRow.value;
  const row = rowAt(at < 0 ? 0 : Math.max(0, Math.min(rows - 1, at + by)))!;
  cursor.value = row.kind === "fold" ? row.key : null;
  if (row.kind === "flow") step({ flow: row.flow.id }, { run: "move" });
}

/** Opens what the keyboard stands at: a fold, or the pane of the flow. */
export function openActive(): void {
  const row = rowAt(activeRow.value);
  if (row?.kind === "fold") toggleFold(row.key);
  else openFlow();
}

/** Closes the fold that the keyboard stands at or in. */
export function closeFold(): void {
  const row = rowAt(activeRow.value);
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

/** Keeps the list right: what the reader chooses, what is told of problems, what is regrouped. */
export function followList(): void {
  onRegrouped((regrouped) => regrouped === null ? listing.fill() : listing.update(regrouped));
  effect(() => {
    listing.choose(choice.value);
    listVersion.value = listVersion.peek() + 1;
    calmListVersion.value = calmListVersion.peek() + 1;
  });
  effect(() => {
    listing.setProblems({
      known: new Map(toldProblems.value.map((one) => [one.id, one])),
      failing: new Set(problems.value.known.map(({ id }) => id)),
    });
    listVersion.value = listVersion.peek() + 1;
  });
}
