/** Asks OVN's databases what the flows that drop were made of. */
import type { DatapathFlow } from "../../event/state_openvswitch.ts";
import { type Bounds, Control } from "./control.ts";
import { logicalFlows } from "./ovn.ts";

/**
 * The flows, their steps with what OVN made them of. `southbound` is the path of a socket; that of the
 * northbound database lies beside it where it is on this machine. Rejects where the first can't be
 * asked.
 */
export async function withLogicalFlows(
  flows: DatapathFlow[],
  southbound: string,
  socket: (path: string) => string,
  bounds: Bounds,
): Promise<DatapathFlow[]> {
  const cookies = new Set(
    flows.flatMap(({ steps = [] }) => steps.flatMap(({ cookie }) => cookie ?? [])),
  );
  if (cookies.size === 0) return flows;
  using south = await Control.open(socket(southbound), bounds);
  const beside = socket(southbound.replace(/ovnsb_db\.sock$/, "ovnnb_db.sock"));
  using north = await Control.open(beside, bounds).catch(() => null);
  const known = await logicalFlows(
    { southbound: south, northbound: north ?? undefined },
    cookies,
  );
  return flows.map((flow) => ({
    ...flow,
    ...(flow.steps === undefined ? {} : {
      steps: flow.steps.map((step) => {
        const logical = known.get(step.cookie ?? "");
        return logical === undefined ? step : { ...step, logical };
      }),
    }),
  }));
}
