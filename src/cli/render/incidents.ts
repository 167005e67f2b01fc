/** The incidents of an ingest as a list. */
import type { ShownIncident } from "../../ingest/mod.ts";
import type { Look } from "./look.ts";
import { grouped } from "./words.ts";

/**
 * One line for each incident: state and time come first, because their width is the same in all.
 */
export function incidentLines(incidents: readonly ShownIncident[], look: Look): string[] {
  if (incidents.length === 0) return ["no incidents"];
  const width = Math.max(...incidents.map(({ counters }) => grouped(counters.events).length));
  return incidents.flatMap((incident) => {
    const state = incident.closedAt === null ? "open  " : "closed";
    const time = look.text(incident.createdAt.slice(0, 16).replace("T", " "), 20);
    const events = grouped(incident.counters.events).padStart(width);
    const what = [incident.title, incident.filter].filter((text) => text !== "").join(": ");
    const about = what === "" ? "" : `  ${look.text(what, 120)}`;
    const lead = `${state}  ${time} UTC  ${events} events  `;
    return look.lines(`${look.text(incident.id, 128)}${about}`, lead);
  });
}
