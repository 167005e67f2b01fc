/** The ingest on Cloudflare Workers: the entry that `deploy/wrangler.jsonc` names. */
import { createApp, type WebAssets } from "./app.ts";
import { systemClock } from "./clock.ts";
import type { ExecutionContext } from "./edge/cloudflare.ts";
import { DurableStore } from "./edge/durable_store.ts";
import { EdgeEntry } from "./edge/edge_entry.ts";
import type { EdgeEnv } from "./edge/bindings.ts";
import { edgeLimits } from "./edge/edge_limits.ts";
import { RemoteHub } from "./edge/remote_hub.ts";

export { Directory } from "./edge/directory.ts";
export { IncidentHub } from "./edge/incident_hub.ts";
export { PacketShard } from "./edge/packet_shard.ts";

/** The page's files, which the bundler puts in. */
declare const LASTHOP_PAGE: [path: string, file: { body: string; type: string }][];

const webAssets: WebAssets = new Map(typeof LASTHOP_PAGE === "undefined" ? [] : LASTHOP_PAGE);

/** A probe waits for its answer half as long. */
const BODY_HELD_MS_MAX = 30_000;

/** One per isolate: it counts requests and remembers nothing else. */
let app: ReturnType<typeof createApp> | null = null;

function appOf(env: EdgeEnv) {
  const store = new DurableStore(env);
  return createApp({
    store,
    clock: systemClock,
    hub: new RemoteHub(env),
    auth: {
      // workerd gives null for a variable that is not set.
      rootToken: env.ROOT_TOKEN || undefined,
      allowOrigins: (env.ALLOW_ORIGINS ?? "").split(/\s+/).filter((origin) => origin !== ""),
      allowLoopbackWithoutToken: false,
    },
    limits: edgeLimits(env),
    entry: new EdgeEntry(store),
    bodyHeldMsMax: BODY_HELD_MS_MAX,
    webAssets,
    log: (line) => console.error(line),
  });
}

export default {
  fetch(request: Request, env: EdgeEnv, _context: ExecutionContext) {
    app ??= appOf(env);
    const peer = request.headers.get("cf-connecting-ip");
    return app.fetch(request, peer === null ? {} : { peer });
  },
};
