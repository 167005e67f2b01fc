/** Problems of one cause are one card, which opens to one for each end. */
import { signal } from "@preact/signals";
import type { Problem } from "../../event/report.ts";
import { bySameCause, type SameCause } from "../../words/same_cause.ts";
import type { ShownProblem } from "./in_window.ts";
import { problem, wantedProblem } from "./model.ts";

/** Ids of the problems whose card was opened to show those of the other ends. */
const opened = signal<ReadonlySet<string>>(new Set());

/** Opens or closes what belongs to a card. */
export function toggleOthers({ id }: Problem): void {
  const next = new Set(opened.value);
  if (!next.delete(id)) next.add(id);
  opened.value = next;
}

/** The others are shown: the reader opened them, or chose one of them, or the keyboard goes to one. */
export function areOthersShown({ first, others }: SameCause<Problem>): boolean {
  return opened.value.has(first.id) ||
    others.some(({ id }) => id === problem.value?.id || id === wantedProblem.value);
}

/** Ids of the cards that are there, from the first to the last. */
export const cardIds = (all: readonly ShownProblem[]): string[] =>
  bySameCause(all).flatMap((same) => [
    same.first.id,
    ...areOthersShown(same) ? same.others.map(({ id }) => id) : [],
  ]);
