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
export type {
  BatchAnswer,
  ImportAnswer,
  MintedToken,
  ShownIncident,
} from "./routes/api_schemas.ts";
export {
  applyLive,
  type Counts,
  countsOf,
  type LiveEvent,
  type Summary,
} from "./live/live_event.ts";
