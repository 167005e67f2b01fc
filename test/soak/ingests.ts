/** The ingests that a soak kills: `lasthop serve`, and workerd with the same worker as Cloudflare. */
import { command } from "../../src/cli/asking/testing.ts";
import { startWorkerd, type WorkerdServer } from "../deploy/workerd_server.ts";
import { Process } from "./process.ts";

export const TOKEN = "operator-of-this-soak";

export interface RunningIngest {
  /** Null while none is up. */
  url(): string | null;
  pid(): number;
  starts(): number;
  start(): Promise<void>;
  signal(name: Deno.Signal): void;
  kill(): Promise<void>;
}

export interface IngestOptions {
  folder: string;
  env: Record<string, string>;
  minutes: number;
  onTrouble(text: string): void;
}

/** More than a soak sends: what is evicted could not be compared. */
const EVENTS_MAX = "10Mi";

function onDeno({ folder, env, onTrouble }: IngestOptions): RunningIngest {
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${folder}/data`];
  args.push("--limit", `eventsPerIncidentMax=${EVENTS_MAX}`);
  const process = new Process({
    name: "ingest",
    command: () => command(args, { ...env, LASTHOP_TOKEN: TOKEN }),
    ready: /(http:\/\/127\.0\.0\.1:\d+)/,
    onTrouble,
  });
  return {
    url: () => process.isReady ? process.said : null,
    pid: () => process.pid,
    starts: () => process.starts,
    start: () => process.start(),
    signal: (name) => process.signal(name),
    kill: () => process.kill(),
  };
}

function onWorkerd({ folder, minutes }: IngestOptions): RunningIngest {
  let server: WorkerdServer | undefined;
  let starts = 0;
  return {
    url: () => server?.url ?? null,
    pid: () => server?.pid ?? 0,
    starts: () => starts,
    async start() {
      starts++;
      // A shard keeps 50,000 events, two minutes of a soak.
      const shards = Math.max(2, Math.ceil(minutes));
      server = await startWorkerd({ data: `${folder}/objects`, token: TOKEN, shards });
    },
    signal(name) {
      if (server !== undefined) Deno.kill(server.pid, name);
    },
    async kill() {
      const dying = server;
      server = undefined;
      await dying?.kill();
    },
  };
}

export const ENGINES = { deno: onDeno, workerd: onWorkerd };
export type Engine = keyof typeof ENGINES;
