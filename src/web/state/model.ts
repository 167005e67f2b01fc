/// <reference lib="dom" />
/** What the page knows and what its reader chose: signals that the views read. */
import { computed, signal } from "@preact/signals";
import type { Flow } from "../../event/report.ts";
import type { IncidentSummary } from "../live/api.ts";
import { groups, rowsOf } from "./rows.ts";
import type { Connection } from "../live/follow.ts";
import { NOTHING_TOLD, type Told } from "../live/told.ts";

export const told = signal<Told>(NOTHING_TOLD);
export const connection = signal<Connection>({ state: "connecting" });
/** When something last came from the ingest. */
export const updatedMs = signal<number | null>(null);
export const incident = signal<IncidentSummary | null>(null);

/** The flow the reader chose; until then the page shows the worst. */
export const chosen = signal<string | null>(null);
export const words = signal("");
export const outcomes = signal<ReadonlySet<string>>(new Set());
/** On a narrow page one of the two is visible. */
export const pane = signal<"list" | "flow">("list");
export const helpOpen = signal(false);

const grouped = computed(() => groups(told.value.order, told.value.flows));
export const rows = computed(() =>
  rowsOf(grouped.value, { words: words.value, outcomes: outcomes.value })
);

/** Id of the flow that is shown: it stays when the list moves under it. */
export const selectedId = computed<string | null>(() => {
  if (chosen.value !== null) return chosen.value;
  const shown = new Set(rows.value.map(({ flow }) => flow.id));
  return told.value.order.find((id) => shown.has(id)) ?? null;
});

export const selected = computed<Flow | null>(() =>
  selectedId.value === null ? null : told.value.flows.get(selectedId.value) ?? null
);

export const repliesTo = (id: string): Flow[] =>
  grouped.value.find(([root]) => root!.id === id)?.slice(1) ?? [];

export function choose(id: string): void {
  chosen.value = id;
  history.replaceState(history.state, "", `#flow=${encodeURIComponent(id)}`);
}

/** Moves the choice by rows; past an end it stays at the end. */
export function move(by: number): void {
  const all = rows.value;
  if (all.length === 0) return;
  const at = all.findIndex(({ flow }) => flow.id === selectedId.value);
  const to = at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by));
  choose(all[to]!.flow.id);
}

export function toggleOutcome(outcome: string): void {
  const next = new Set(outcomes.value);
  if (!next.delete(outcome)) next.add(outcome);
  outcomes.value = next;
}

const isNarrow = () => matchMedia("(max-width: 859px)").matches;

export function openFlow(): void {
  if (selectedId.value === null) return;
  // On a narrow page this is a step the browser's own Back should undo.
  if (isNarrow() && pane.value === "list") {
    history.pushState({ pane: "flow" }, "", `#flow=${encodeURIComponent(selectedId.value)}`);
  }
  pane.value = "flow";
  focusSoon("flow");
}

export function closeFlow(): void {
  if (history.state?.pane === "flow") history.back();
  else backToList();
}

function backToList(): void {
  pane.value = "list";
  focusSoon("flows");
}

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

/** After the view has followed the signals. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true }));
}
