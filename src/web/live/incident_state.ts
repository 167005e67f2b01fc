/** What the page knows of an incident, which `live_incident.ts` reads from the live stream. */
import type { Change, Exchange, Flow, Problem, Report, ReportNode } from "../../event/report.ts";

/** The incident as the live stream has reported it so far. */
export interface IncidentState {
  /** False until the first whole report. */
  known: boolean;
  /** Id of the incident. */
  incident: string;
  /** Wall time of the first and the last event, in UTC as ISO 8601; null before there is one. */
  from: string | null;
  to: string | null;
  nodes: readonly ReportNode[];
  accounting: Report["accounting"];
  /** By id, in no order. */
  flows: ReadonlyMap<string, Flow>;
  /** By id, which is that of the question's flow; in no order. */
  exchanges: ReadonlyMap<string, Exchange>;
  /** What is wrong, worst first. */
  problems: readonly Problem[];
  /** What changed on the nodes, in the order of time. */
  changes: readonly Change[];
  /** Count of changes for which this viewer was too slow. The report that follows has them. */
  missed: number;
  /** Count of events that could not be read. */
  unread: number;
  /** Why the stream ended for good, if it did: `closed`, `deleted`. */
  ended: string | null;
  /** Where the closed incident is kept, on the machine of who closed it; null where nobody said. */
  archive: string | null;
}

/** Before the first event. */
export const EMPTY_STATE: IncidentState = {
  known: false,
  incident: "",
  from: null,
  to: null,
  nodes: [],
  accounting: { events: 0, inPackets: 0, evidence: 0, unclaimed: 0, refused: 0, evicted: 0 },
  flows: new Map(),
  exchanges: new Map(),
  problems: [],
  changes: [],
  missed: 0,
  unread: 0,
  ended: null,
  archive: null,
};
