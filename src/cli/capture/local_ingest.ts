/** The ingest inside `trace`: in memory, reached without a network, with or without a page. */
import { createApp } from "../../ingest/app.ts";
import { createClient, type IngestClient } from "../../ingest/client/client.ts";
import { systemClock } from "../../ingest/clock.ts";
import { type Ingest, startIngest } from "../../ingest/deno.ts";
import type { WebAssets } from "../../ingest/deps.ts";
import { analystThread } from "../../ingest/live/analyst_thread.ts";
import { Hub } from "../../ingest/live/hub.ts";
import { limitsWith } from "../../ingest/limits.ts";
import { ProblemWatch, type Teller } from "../../ingest/notify/problem_watch.ts";
import { MemoryStore } from "../../ingest/stores/memory_store.ts";
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import type { ListenAddress } from "../read_value.ts";

/** An ingest in this process. */
export interface LocalIngest {
  client: IngestClient;
  /** Its reports, without their text being sent and read again. */
  reports: LocalReports;
  /** Where the page is; null when nobody listens. */
  url: string | null;
  /** What whoever asks needs, from this machine too; null when nobody listens. */
  token: string | null;
  stop(): Promise<void>;
}

/** Reports of an ingest in this process. */
export interface LocalReports {
  /** Throws LasthopError `incident_missing` when there is no such incident. */
  report(incident: string): Promise<Report>;
  /** As `Hub.follow`. */
  follow: Hub["follow"];
}

/** Limits that are meant for strangers must not hit the trace's own requests. */
const LIMITS = {
  requestsPerSecond: 10_000,
  requestsBurst: 10_000,
  probeEventsPerSecond: 1e9,
  probeBytesPerSecond: 1e12,
  incidentEventsPerSecond: 1e9,
  incidentBytesPerSecond: 1e12,
  accountEventsPerSecond: 1e9,
  accountBytesPerSecond: 1e12,
};

/**
 * Starts an ingest that keeps everything in memory. `listen` null: it answers no socket, only the
 * client. `tellers` hear of problems. Throws LasthopError `listen_failed` when the address is taken and was asked for by name.
 */
export async function openLocalIngest(
  listen: ListenAddress | null,
  loadAssets: () => Promise<WebAssets>,
  tellers: readonly Teller[] = [],
): Promise<LocalIngest> {
  const rootToken = crypto.randomUUID();
  // Who is told of problems has reports made as it is.
  const isAhead = tellers.length === 0;
  const log = (line: string) => console.error(`lasthop: ${line}`);
  if (listen === null) {
    const limits = limitsWith(LIMITS);
    const store = new MemoryStore(limits.store);
    const analyst = analystThread({ store, limits, log });
    const hub = new Hub({ store, clock: systemClock, limits, log, analyst, isAhead });
    const auth = { rootToken, allowLoopbackWithoutToken: false };
    const app = createApp({ store, clock: systemClock, hub, auth, limits, log });
    const watch = new ProblemWatch({ store, hub, clock: systemClock, log }, tellers);
    await watch.start();
    const stop = async () => {
      watch.close();
      hub.close();
      analyst.close();
      await store.close();
    };
    return {
      client: clientOf(app, rootToken),
      reports: reportsOf(hub),
      url: null,
      token: null,
      stop,
    };
  }
  const webAssets = await loadAssets();
  const ingest = await startSomewhere(listen, {
    rootToken,
    // Other users of this machine have the same loopback.
    allowLoopbackWithoutToken: false,
    limits: LIMITS,
    isAhead,
    webAssets,
    tellers,
    log,
  });
  return {
    client: clientOf(ingest.app, rootToken),
    reports: reportsOf(ingest.hub),
    url: ingest.url,
    token: rootToken,
    stop: () => ingest.stop(),
  };
}

/**
 * Where a person sees an incident; null when nobody listens. The token is in the fragment, which a
 * browser sends to nobody.
 */
export function pageOf({ url, token }: LocalIngest, incident: string): string | null {
  if (url === null) return null;
  return `${url}/incidents/${encodeURIComponent(incident)}#token=${token}`;
}

async function startSomewhere(
  { hostname, port, anyPortIfBusy }: ListenAddress,
  options: Omit<Parameters<typeof startIngest>[0], "listen">,
): Promise<Ingest> {
  try {
    return await startIngest({ ...options, listen: { hostname, port } });
  } catch (error) {
    const busy = error instanceof LasthopError && error.code === "listen_failed";
    if (!busy || !anyPortIfBusy) throw error;
    return await startIngest({ ...options, listen: { hostname, port: 0 } });
  }
}

function reportsOf(hub: Hub): LocalReports {
  return {
    async report(incident) {
      const computed = await hub.report(incident);
      if (computed !== null) return computed.text.report();
      const message = `Cannot tell report: there is no incident "${incident}" here, must be one`;
      throw new LasthopError("incident_missing", message, 1);
    },
    follow: (incident, follower) => hub.follow(incident, follower),
  };
}

function clientOf(app: Ingest["app"], token: string): IngestClient {
  return createClient({
    url: "http://lasthop",
    token,
    fetch: async (input, init) => abortable(await app.fetch(new Request(input, init), {}), init),
  });
}

/** Without a socket between them, nothing ends a stream when its reader leaves. */
function abortable(response: Response, init: RequestInit | undefined): Response {
  const signal = init?.signal;
  if (!signal || response.body === null) return response;
  return new Response(response.body.pipeThrough(new TransformStream(), { signal }), response);
}
