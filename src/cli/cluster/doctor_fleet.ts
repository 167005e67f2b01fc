/** `lasthop cluster doctor`: which machines can be traced, by trying it, and why not. */
import { plainWords } from "../../ingest/client/answer.ts";
import { LasthopError } from "../../event/error.ts";
import { stampOf } from "../kept/name.ts";
import { plural } from "../render/mod.ts";
import { endAll, starter, untilSettled } from "./probes.ts";
import { Roll } from "./roll.ts";
import type { FleetTrace } from "./trace_fleet.ts";

/** No packet has it: an address of documentation (RFC 5737). */
const NOTHING = "host 192.0.2.1";
/** A probe's pod that nobody ended goes by itself. Seconds. */
const LONGEST_SECONDS = 120;

/**
 * Attaches a probe on each machine, for a packet that there is none of, and ends it again. Resolves with 0
 * when all see, else with 1. Throws what the fleet throws.
 */
export async function doctorFleet(
  { fleet, ending, bounds, progress, attachMs }: Omit<FleetTrace, "options"> & {
    /** How long a machine is waited for, ms; tests wait less. */
    attachMs?: number;
  },
): Promise<number> {
  const incident = `doctor-${stampOf(new Date())}`;
  const { client } = fleet;
  const places = await fleet.places();
  await client.createIncident({ id: incident, title: "doctor", filter: NOTHING });
  progress(`trying ${plural(places.length, "machine")}…`);
  const order = { incident, forSeconds: LONGEST_SECONDS, filter: NOTHING, bounds };
  const probes = await Promise.all(places.map(starter(fleet, order)));
  const roll = new Roll(places);
  const tell = (text: string) => console.log(text);
  try {
    await untilSettled(client, {
      ...{ incident, probes, roll, ending, progress: tell },
      ...{ givesUp: true, ...attachMs === undefined ? {} : { attachMs } },
    });
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    progress(error.message);
  }
  ending.letGo("all were tried");
  await endAll(client, { incident, probes });
  if (!roll.isSettled) console.log(`no answer in time: ${roll.missing.map(plainWords).join(", ")}`);
  console.log(`${roll.seeing} of ${plural(places.length, "machine")} can be traced`);
  return roll.missing.length === 0 && places.length > 0 ? 0 : 1;
}
