/**
 * The report of an incident from everything its probes told. Pure: same input, same report.
 *
 * The rooms, in the order of the data; each imports only `src/event` and rooms before it:
 *
 * - `kernel` what the kernel means by its functions and reasons;
 * - `view` one view per node: events by its clock, what it covered, its state at any moment;
 * - `correlate` sightings to packets: what one skb did, which are one packet, which led to which;
 * - `verdict` what became of every packet, and of the flow it belongs to;
 * - `exchange` which question each flow belongs to, and what came of it;
 * - `netfilter` and `rules` why;
 * - `report` all of it as JSON for programs outside.
 *
 * `shards` is the same for an incident that is spread over machines; it stands beside `report`.
 */
import type { Report } from "../event/report.ts";
import { reportOf } from "./report/report.ts";
import { judgeIncident } from "./verdict/incident.ts";
import type { AnalysisInput } from "./view/input.ts";

/**
 * The report of an incident. Of no matter which order, batching or duplication of the same events,
 * the report is the same. Throws LasthopError `filter_malformed` when `input.filter` is none.
 */
export const analyse = (input: AnalysisInput): Report => reportOf(input, judgeIncident(input));
