/**
 * An ingest in memory as a process of its own, as `trace` has it, so that what it costs is not what
 * its load costs. The arguments: events kept,
 * and `ahead` where it is to analyse while nobody watches, as `trace` does.
 */
import { startIngest } from "../../../src/ingest/deno.ts";

const UNLIMITED = 1e12;
const ingest = await startIngest({
  listen: { hostname: "127.0.0.1", port: 0 },
  allowLoopbackWithoutToken: false,
  rootToken: "bench",
  isAhead: Deno.args[1] === "ahead",
  limits: {
    store: { eventsPerIncidentMax: Number(Deno.args[0]), bytesPerIncidentMax: UNLIMITED },
    requestsPerSecond: UNLIMITED,
    requestsBurst: UNLIMITED,
    probeEventsPerSecond: UNLIMITED,
    probeBytesPerSecond: UNLIMITED,
    incidentEventsPerSecond: UNLIMITED,
    incidentBytesPerSecond: UNLIMITED,
    accountEventsPerSecond: UNLIMITED,
    accountBytesPerSecond: UNLIMITED,
  },
});
console.log(ingest.url);
