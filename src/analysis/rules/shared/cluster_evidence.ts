/** What rests on the word of a cluster's API. */
import type { Evidence } from "../../../event/report.ts";
import { around, type Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { wallMs } from "../../view/time_of_day.ts";
import type { Case } from "../case.ts";

/** The cluster and the time of a packet's end by its clock, where its API was asked. */
export function clusterAt({ world, event }: Case): { cluster: Cluster; time: Stretch } | null {
  const { cluster } = world;
  return cluster?.isTold ? { cluster, time: around(wallMs(event)) } : null;
}

/** What the API told. */
export const clusterEvidence = (cluster: Cluster, text: string): Evidence => ({
  node: `the API of ${cluster.name}`.slice(0, 253),
  kind: "state",
  text: text.slice(0, 2_000),
});
