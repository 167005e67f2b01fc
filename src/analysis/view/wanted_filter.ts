/** Which flows a report is about. */
import { FILTER_LENGTH_MAX, parseNamedFilter, printFilter } from "../../event/filter/mod.ts";
import type { AnalysisInput } from "./input.ts";

/**
 * The filter of the incident; of one that was made without a filter what its probes were asked for, as
 * if the first of them had made it. Probes with different filters want what either wants, and one that
 * wants everything wants all of it. A probe's filter that is none here is one of a newer probe: nothing
 * is left out then.
 */
export function wantedFilter(
  { filter, batches }: Pick<AnalysisInput, "filter" | "batches">,
): string {
  if (filter.trim() !== "") return filter;
  // Batches are many and are gone through for each report; filters among them are few.
  const written = new Set<string>();
  for (const { header } of batches) if (header.teller === undefined) written.add(header.filter);
  const asked = [...new Set([...written].map((one) => one.trim()))].sort();
  if (asked.length === 0 || !asked.every(isFilter)) return "";
  const [first = ""] = asked;
  const either = asked.length === 1
    ? first
    : asked.map((one) => `(${printFilter(parseNamedFilter(one))})`).join(" or ");
  return either.length <= FILTER_LENGTH_MAX && isFilter(either) ? either : "";
}

function isFilter(text: string): boolean {
  try {
    return parseNamedFilter(text) !== undefined && text !== "";
  } catch {
    return false;
  }
}
