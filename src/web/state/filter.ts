/** The filter of the page: what the reader typed, what is read of it, and what chips put into it. */
import { computed } from "@preact/signals";
import { LasthopError } from "../../event/error.ts";
import {
  ALL,
  outcomesAsked,
  parseReportFilter,
  printFilter,
  type ReportFilter,
  withOutcomes,
} from "../../event/filter/mod.ts";
import { adjust, inAddress, step } from "./url.ts";

/** What a filter says. */
export interface ReadFilter {
  node: ReportFilter;
  /** As it was typed. */
  text: string;
  /** What is wrong with what is typed now, with the place; null: nothing, and it is this filter. */
  wrong: string | null;
}

const address = inAddress("filter");
/** What the reader typed. */
export const typed = computed(() => address.value ?? "");

/** The last one that could be read stays until the next can. */
let last: Omit<ReadFilter, "wrong"> = { node: ALL, text: "" };

/** The filter that is applied: what is typed, or what could be read last. */
export const filter = computed<ReadFilter>(() => {
  const text = typed.value;
  try {
    last = { node: parseReportFilter(text), text };
    return { ...last, wrong: null };
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    return { ...last, wrong: error.message };
  }
});

/** Filters by what the reader types. */
export function filterBy(text: string): void {
  adjust({ filter: text });
}

/** The outcomes that the filter asks for, as chips put them there. */
export const outcomesShown = computed(() => new Set(outcomesAsked(filter.value.node)));

/** Puts an outcome into the filter, or takes it out again. */
export function toggleOutcome(outcome: string): void {
  const next = new Set(outcomesShown.value);
  if (!next.delete(outcome)) next.add(outcome);
  step({ filter: printFilter(withOutcomes(filter.value.node, [...next])) });
}
