/** The incidents of an ingest as a list. */
import type { ShownIncident } from "../../ingest/mod.ts";
import { activityOf, isEmpty } from "../asking/incident.ts";
import type { Look } from "./look.ts";
import { grouped } from "./words.ts";

/**
 * One line for each incident: state and time of its latest activity come first, because their width
 * is the same in all.
 */
export function incidentLines(incidents: readonly ShownIncident[], look: Look): string[] {
  if (incidents.length === 0) return ["no incidents"];
  const sizeOf = (incident: ShownIncident) =>
    isEmpty(incident) ? "empty" : `${grouped(incident.counters.events)} events`;
  const width = Math.max(...incidents.map((incident) => sizeOf(incident).length));
  return incidents.flatMap((incident) => {
    const state = incident.closedAt === null ? "open  " : "closed";
    const time = look.text(activityOf(incident).slice(0, 16).replace("T", " "), 20);
    const size = sizeOf(incident).padStart(width);
    const what = [incident.title, incident.filter].filter((text) => text !== "").join(": ");
    const about = what === "" ? "" : `  ${look.text(what, 120)}`;
    const lead = `${state}  ${time} UTC  ${size}  `;
    return look.lines(`${look.text(incident.id, 128)}${about}`, lead);
  });
}
