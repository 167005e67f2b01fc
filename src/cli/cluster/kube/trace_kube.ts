/** A trace on the nodes of a cluster, whose API is asked for names; else it is as on any fleet. */
import { workAndLeave } from "../leave.ts";
import type { ClusterOptions } from "../options.ts";
import { doctorFleet } from "../doctor_fleet.ts";
import { type FleetTrace, traceFleet } from "../trace_fleet.ts";
import { openKube } from "./kube_fleet.ts";

/** Resolves with the exit code. Throws LasthopError as `openKube` and `traceFleet`. */
export async function traceKube(
  options: ClusterOptions,
  how: Pick<FleetTrace, "ending" | "bounds" | "progress">,
): Promise<number> {
  const { fleet, ingest, forSeconds } = options;
  // All of them to the end, and not until it is known which matter.
  const isAll = fleet.nodes?.length === 1 && fleet.nodes[0] === "all";
  const { nodes, ...words } = fleet;
  const chosen = nodes === undefined || isAll ? words : fleet;
  const open = () => openKube({ ...chosen, ingest, forSeconds, progress: how.progress });
  const { kubeconfig = "", context } = fleet;
  const kube = { kubeconfig, ...context === undefined ? {} : { context } };
  const traced = { ...how, options: { ...options, kube }, releases: nodes === undefined };
  return await workAndLeave(
    open,
    (fleet) =>
      options.action === "doctor"
        ? doctorFleet({ ...how, fleet })
        : traceFleet({ ...traced, fleet }),
    how.progress,
  );
}
