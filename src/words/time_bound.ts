/** How true times of day are: each is of the wall clock of the node that saw it, and no other's. */
import type { ReportNode } from "../event/report.ts";

/**
 * `±1.1 ms`, of times that one of these nodes told: of all of them the least true. "" where one of them
 * does not know, because its probe is old or its clock was set while it watched.
 */
export function boundText(nodes: Iterable<Pick<ReportNode, "timesWithinMs">>): string {
  let most = 0;
  for (const { timesWithinMs } of nodes) {
    if (timesWithinMs === undefined) return "";
    most = Math.max(most, timesWithinMs);
  }
  // Rounded up: a bound must not be told smaller than it is.
  return most === 0 ? "" : `±${(Math.ceil(most * 10) / 10).toFixed(1)} ms`;
}

/** The same of times that the node of this name told. */
export const boundOfNode = (
  nodes: Iterable<Pick<ReportNode, "name" | "timesWithinMs">>,
  name: string,
): string => boundText([...nodes].filter((node) => node.name === name));
