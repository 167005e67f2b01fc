/** Lines of a batch that tell how things were: the state of a namespace, or what a cluster's API said. */
import type { ClusterState } from "./cluster/state.ts";
import type { NetnsState } from "./state.ts";

/** Such a line. They are kept and thrown away alike. */
export type StateLine = NetnsState | ClusterState;

/** Whether it is the state of a network namespace. */
export const isNetnsState = (line: StateLine): line is NetnsState => line.kind !== "cluster";
/** Whether it was told by a cluster's API. */
export const isClusterState = (line: StateLine): line is ClusterState => line.kind === "cluster";

/** What a row of a list takes that is made of pieces, counted as characters of a state that is whole. */
const ROW_CHARS = 4;

/**
 * What a state takes beside its characters once it is whole, counted as those: a short line can stand for
 * lists of many rows, and who bounds lines must bound those, too.
 */
export function weightBeside(line: StateLine): number {
  if (!isNetnsState(line)) return 0;
  const { copied = {} } = line;
  let rows = 0;
  for (const pieces of Object.values(copied)) {
    if (pieces === "all") continue;
    for (const piece of pieces) rows += typeof piece === "number" ? piece : piece[1];
  }
  return rows * ROW_CHARS;
}
