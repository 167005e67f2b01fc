/**
 * lasthop for programs: opens an incident, waits for its nodes and its verdict, closes it. It runs on
 * Deno and, as one file that `deno task client` writes, on Node.
 */
export { LasthopError } from "../event/error.ts";
export { IngestError } from "../ingest/client/client.ts";
export type { ProblemQuery } from "../ingest/client/client.ts";
export type { ProblemList, Verdict } from "../ingest/routes/problems.ts";
export { connect, type ConnectOptions, type Lasthop, type WantedIncident } from "./connect.ts";
export { OpenIncident, type WaitOptions } from "./open_incident.ts";
