/** Lines of a batch that tell how things were: the state of a namespace, or what a cluster's API said. */
import type { ClusterState } from "./cluster/state.ts";
import type { NetnsState } from "./state.ts";

/** Such a line. They are kept and thrown away alike. */
export type StateLine = NetnsState | ClusterState;

/** Whether it is the state of a network namespace. */
export const isNetnsState = (line: StateLine): line is NetnsState => line.kind === "state";
/** Whether it was told by a cluster's API. */
export const isClusterState = (line: StateLine): line is ClusterState => line.kind === "cluster";
