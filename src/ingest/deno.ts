/** The ingest on Deno: the embedded default, with nothing to install. */
import { createApp, type WebAssets } from "./app.ts";
import { AuditLog } from "./access/audit.ts";
import { systemClock } from "./clock.ts";
import type { Deps } from "./deps.ts";
import { Listener, type ListenerOptions } from "./http/deno_listener.ts";
import { keepExpiring } from "./expire.ts";
import { Hub } from "./live/hub.ts";
import { type LimitsOverride, limitsWith } from "./limits.ts";
import { MemoryStore } from "./stores/memory_store.ts";
import type { Analyse } from "./live/analyst.ts";
import { analystThread } from "./live/analyst_thread.ts";
import type { OtlpTarget } from "../exports/otlp_request.ts";
import { otlpCollector } from "./notify/otlp_collector.ts";
import { ProblemWatch, type Teller } from "./notify/problem_watch.ts";
import { webhook, type WebhookSettings } from "./notify/webhook.ts";
import { ReadingThread } from "./intake/reading_thread.ts";
import { openSqliteStore } from "./stores/sqlite_store.ts";
import type { Store } from "./stores/store.ts";

/** How an ingest is started. */
export interface IngestOptions {
  listen: { hostname: string; port: number };
  /** Where incidents are kept; in memory when absent. */
  dataDir?: string | undefined;
  rootToken?: string | undefined;
  allowLoopbackWithoutToken: boolean;
  allowOrigins?: readonly string[] | undefined;
  limits?: LimitsOverride;
  webAssets?: WebAssets | undefined;
  /** As `Deps.beforeClose`. */
  beforeClose?: (incident: string) => Promise<void>;
  /** As `Deps.names`. */
  names?: Deps["names"];
  /** Who is told of problems that open and heal. */
  webhook?: WebhookSettings | undefined;
  /** A collector that is sent the same as logs of OpenTelemetry. */
  otlp?: OtlpTarget | undefined;
  /** Who else is told of problems. */
  tellers?: readonly Teller[] | undefined;
  /** Default: the analysis, in a thread of its own. */
  analyse?: Analyse;
  /** As `HubOptions.isAhead`: for one incident whose report is asked for in the end. */
  isAhead?: boolean;
  log?: (line: string) => void;
}

/** An ingest that runs. */
export interface Ingest {
  /** `http://127.0.0.1:8080`: the address it really listens on. */
  url: string;
  store: Store;
  app: ReturnType<typeof createApp>;
  hub: Hub;
  /** Ends live streams, lets running requests finish for up to 3 s, closes the store. */
  stop(): Promise<void>;
}

/** How long running requests may take to end when the ingest stops. */
const STOP_MS = 3_000;

/**
 * Starts an ingest on Deno. Rejects with LasthopError `listen_failed` when the address is taken,
 * `data_unusable` when the data can't be opened.
 */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const limits = limitsWith(options.limits);
  const log = options.log ?? ((line) => console.error(line));
  const { dataDir, webAssets, rootToken, allowLoopbackWithoutToken, allowOrigins } = options;
  const store = dataDir === undefined
    ? new MemoryStore(limits.store)
    : openSqliteStore(dataDir, limits.store);
  const clock = systemClock;
  const { analyse, isAhead } = options;
  const analyst = analyse === undefined ? analystThread({ store, limits, log }) : undefined;
  const entry = new URL("./archive/reading_worker.ts", import.meta.url);
  const readings = new ReadingThread({ limits, entry, log });
  const hub = new Hub({ store, clock, limits, log, analyst, analyse, isAhead });
  const auth = { rootToken, allowLoopbackWithoutToken, allowOrigins };
  const { beforeClose, names } = options;
  const deps = { store, clock, hub, readings, auth, limits, webAssets, beforeClose, names, log };
  const app = createApp(deps);
  const listener = await listen({
    ...options.listen,
    log,
    bounds: { stallMs: limits.sendStallMs, sendBufferBytes: limits.sendBufferBytes },
    handler: (request, peer, port) =>
      app.fetch(request, { peer: peer.hostname, ends: { peer, port } }),
  }, store);
  const watch = new ProblemWatch({ store, hub, clock, log }, [
    ...options.webhook ? [webhook(options.webhook, { clock, log })] : [],
    ...options.tellers ?? [],
    ...options.otlp ? [otlpCollector(options.otlp, { clock, log })] : [],
  ]);
  await watch.start();
  const stopExpiring = keepExpiring(deps, new AuditLog(deps));
  return {
    url: listener.url,
    store,
    app,
    hub,
    async stop() {
      stopExpiring();
      watch.close();
      hub.close();
      await listener.stop(STOP_MS);
      readings.close();
      analyst?.close();
      await store.close();
    },
  };
}

async function listen(options: ListenerOptions, store: Store): Promise<Listener> {
  try {
    return new Listener(options);
  } catch (error) {
    await store.close();
    throw error;
  }
}
