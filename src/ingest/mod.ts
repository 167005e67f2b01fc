/** What the ingest offers to the rest: `deno.ts` starts one, `client.ts` talks to one. */
export { createApp, type Deps, type WebAssets } from "./app.ts";
export {
  type ClientOptions,
  createClient,
  type IngestClient,
  IngestError,
} from "./client/client.ts";
export type { ReceivedLiveEvent } from "./client/client_live.ts";
export { type Ingest, type IngestOptions, startIngest } from "./deno.ts";
export type { BatchAnswer } from "./intake/accept.ts";
export type { ImportAnswer } from "./routes/archives.ts";
export type { NodeList } from "./routes/join.ts";
export type { ShownIncident } from "./routes/shown_incident.ts";
export type { MintedToken } from "./routes/tokens.ts";
export { LiveReport } from "./live/live_report.ts";
export { type Counts, countsOf } from "./live/counts.ts";
export { applyLive, type End, type LiveEvent, type Summary } from "./live/live_event.ts";
