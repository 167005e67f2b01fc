/** What of a change of the live stream a filter leaves. */
import { narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import type { Change } from "./follow.ts";
import type { View } from "./view.ts";

/** A view that is shown only what fits the filter. */
export const narrowedView = (view: View, filter: ReportFilter): View => ({
  ...view,
  show(change) {
    const left = narrowedChange(change, filter);
    if (left !== null) view.show(left);
  },
});

/** The change with what fits the filter; null when it is about a flow or an exchange that does not. */
export function narrowedChange(change: Change, filter: ReportFilter): Change | null {
  if (filter.kind === "all" || change.kind !== "live" || change.report === null) return change;
  const report = narrowed(change.report, filter);
  const { live } = change;
  if (live.event === "report") return { ...change, live: { ...live, data: report }, report };
  const isLeft = live.event === "flow"
    ? report.flows.some(({ id }) => id === live.data.flow.id)
    : live.event === "exchange"
    ? report.exchanges.some(({ id }) => id === live.data.exchange.id)
    : true;
  return isLeft ? { ...change, report } : null;
}
