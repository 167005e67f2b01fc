/** A trace on a fleet from its opening to the last thing that is removed. */
import type { Fleet } from "./fleet.ts";
import { type FleetTrace, traceFleet } from "./trace_fleet.ts";

/**
 * Opens, traces and closes, whatever happens in between. Resolves with the exit code; it is 1 where
 * something could not be removed, which is told.
 */
export async function traceAndLeave(
  open: () => Promise<Fleet>,
  trace: Omit<FleetTrace, "fleet">,
): Promise<number> {
  const fleet = await open();
  let exitCode = 1;
  let left: string[] = [];
  try {
    exitCode = await traceFleet({ ...trace, fleet });
  } finally {
    left = await fleet.close();
    for (const what of left) trace.progress(what);
  }
  return left.length > 0 && exitCode === 0 ? 1 : exitCode;
}
