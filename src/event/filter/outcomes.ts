/** The part of a filter that says which outcomes are shown: what buttons beside it set. Pure. */
import { ALL, join, type ReportFilter, type ReportTerm, type Term } from "./ast.ts";

/** The outcomes that a filter is narrowed to; none when it says nothing of them, or in another form. */
export const outcomesAsked = (filter: ReportFilter): string[] =>
  partsOf(filter).map(outcomesOf).find((one) => one !== null) ?? [];

/** The filter with other outcomes in that part; none takes the part out. */
export function withOutcomes(filter: ReportFilter, outcomes: readonly string[]): ReportFilter {
  const all = partsOf(filter);
  const at = all.findIndex((part) => outcomesOf(part) !== null);
  const terms = outcomes.map((one): ReportTerm => ({
    kind: "report",
    field: "outcome",
    parts: [one],
  }));
  const part = terms.length === 0 ? [] : [join<Term | ReportTerm>("or", terms)];
  const next = at < 0 ? [...all, ...part] : all.toSpliced(at, 1, ...part);
  return next.length === 0 ? ALL : join("and", next);
}

const partsOf = (filter: ReportFilter): readonly ReportFilter[] =>
  filter.kind === "all" ? [] : filter.kind === "and" ? filter.nodes : [filter];

function outcomesOf(part: ReportFilter): string[] | null {
  const terms = part.kind === "or" ? part.nodes : [part];
  const names = terms.map((term) =>
    term.kind === "report" && term.field === "outcome" && term.parts.length === 1
      ? term.parts[0]!
      : null
  );
  return names.includes(null) ? null : names as string[];
}
