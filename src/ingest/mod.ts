/** What the ingest offers to the rest: `deno.ts` starts one, `client.ts` talks to one. */
export { createApp, type Deps, type WebAssets } from "./app.ts";
export { type ClientOptions, createClient, type IngestClient, IngestError } from "./client.ts";
export type { ReceivedLiveEvent } from "./client_live.ts";
export { type Ingest, type IngestOptions, startIngest } from "./deno.ts";
export type { BatchAnswer, ImportAnswer, MintedToken, ShownIncident } from "./api_schemas.ts";
export { applyLive, type Counts, countsOf, type LiveEvent, type Summary } from "./live_event.ts";
