/**
 * The worker, counting what Cloudflare would bill: requests to objects, wherever from, and rows of
 * SQLite read and written. `GET /counts` gives them and begins anew. On workerd all objects share
 * one isolate, so that one count is enough.
 */
import type { DurableObjectState, ExecutionContext } from "../../../src/ingest/edge/cloudflare.ts";
import { Directory as RealDirectory } from "../../../src/ingest/edge/directory.ts";
import type { EdgeEnv } from "../../../src/ingest/edge/bindings.ts";
import { IncidentHub as RealHub } from "../../../src/ingest/edge/incident_hub.ts";
import { PacketShard as RealShard } from "../../../src/ingest/edge/packet_shard.ts";
import worker from "../../../src/ingest/worker.ts";

const NONE = { requests: 0, hub: 0, rowsRead: 0, rowsWritten: 0, alarms: 0, bucketWrites: 0 };
let counts = { ...NONE };

type Method = (...args: unknown[]) => unknown;

/** The same, with some of its methods replaced. */
function replacing<T extends object>(target: T, methods: Record<string, Method>): T {
  return new Proxy(target, {
    get(target, name) {
      const own = methods[String(name)];
      if (own !== undefined) return own;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function countingNamespace(
  namespace: EdgeEnv["HUB"],
  isHub: boolean,
): EdgeEnv["HUB"] {
  return replacing(namespace, {
    get: (id) => {
      const stub = namespace.get(id as never) as Record<string, Method>;
      return new Proxy(stub, {
        get: (stub, name) => (...args: unknown[]) => {
          counts.requests += 1;
          if (isHub) counts.hub += 1;
          return stub[String(name)]!(...args);
        },
      });
    },
  });
}

const countingEnv = (env: EdgeEnv): EdgeEnv => ({
  ...env,
  DIRECTORY: countingNamespace(env.DIRECTORY, false),
  HUB: countingNamespace(env.HUB, true),
  SHARD: countingNamespace(env.SHARD, false),
  ...(env.ARCHIVES === undefined ? {} : {
    ARCHIVES: {
      ...env.ARCHIVES,
      put: (key: string, value: Uint8Array<ArrayBuffer>) => {
        counts.bucketWrites += 1;
        return env.ARCHIVES!.put(key, value);
      },
    },
  }),
});

interface Cursor {
  toArray(): unknown[];
  rowsRead: number;
  rowsWritten: number;
}

function countingState(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const real = storage.sql;
  const sql = replacing(real, {
    exec: (...args) => {
      const cursor = (real.exec as Method).apply(real, args) as Cursor;
      const rows = cursor.toArray();
      counts.rowsRead += cursor.rowsRead;
      counts.rowsWritten += cursor.rowsWritten;
      return { toArray: () => rows, rowsWritten: cursor.rowsWritten };
    },
  });
  // The runtime takes its own `ctx` only, so what is counted is put into that.
  Object.defineProperty(storage, "sql", { value: sql, configurable: true });
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperty(storage, "setAlarm", {
    value: (atMs: number) => {
      counts.rowsWritten += 1;
      return setAlarm(atMs);
    },
  });
  return ctx;
}

export class Directory extends RealDirectory {
  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(countingState(ctx), countingEnv(env));
  }
}

export class IncidentHub extends RealHub {
  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(countingState(ctx), countingEnv(env));
  }

  override alarm(): Promise<void> {
    counts.alarms += 1;
    return super.alarm();
  }
}

export class PacketShard extends RealShard {
  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(countingState(ctx), countingEnv(env));
  }
}

export default {
  fetch(request: Request, env: EdgeEnv, context: ExecutionContext): Response | Promise<Response> {
    if (new URL(request.url).pathname !== "/counts") {
      return worker.fetch(request, countingEnv(env), context);
    }
    const answer = Response.json(counts);
    counts = { ...NONE };
    return answer;
  },
};
