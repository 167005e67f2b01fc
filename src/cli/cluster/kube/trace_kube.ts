/** A trace on the nodes of a cluster: names become addresses, then it is as on any fleet. */
import { parseNamedFilter } from "../../../event/filter/mod.ts";
import { workAndLeave } from "../leave.ts";
import type { ClusterOptions } from "../options.ts";
import { doctorFleet } from "../doctor_fleet.ts";
import { type FleetTrace, traceFleet } from "../trace_fleet.ts";
import { Kubectl } from "./kubectl.ts";
import { openKube } from "./kube_fleet.ts";
import { hasNames, resolveNames } from "./names.ts";

/** Resolves with the exit code. Throws LasthopError as `resolveNames`, `openKube` and `traceFleet`. */
export async function traceKube(
  options: ClusterOptions,
  how: Pick<FleetTrace, "ending" | "bounds" | "progress">,
): Promise<number> {
  const { asked, fleet, ingest, forSeconds } = options;
  const kubectl = new Kubectl(fleet);
  let filter = asked;
  if (hasNames(asked)) {
    const namespace = options.namespace ?? await ownNamespace(kubectl);
    ({ filter } = await resolveNames(kubectl, asked, namespace));
    how.progress(`watching ${filter}`);
  }
  parseNamedFilter(filter);
  const open = () => openKube({ ...fleet, ingest, forSeconds, progress: how.progress });
  const { kubeconfig = "", context } = fleet;
  const kube = { kubeconfig, ...context === undefined ? {} : { context } };
  const traced = { ...how, options: { ...options, filter, kube } };
  return await workAndLeave(
    open,
    (fleet) =>
      options.action === "doctor"
        ? doctorFleet({ ...how, fleet })
        : traceFleet({ ...traced, fleet }),
    how.progress,
  );
}

/** The namespace that kubectl takes when none is given. */
async function ownNamespace(kubectl: Kubectl): Promise<string> {
  const words = ["config", "view", "--minify", "-o", "jsonpath={..namespace}"];
  return (await kubectl.run(words)).trim() || "default";
}
