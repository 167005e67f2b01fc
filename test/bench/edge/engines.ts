/** Ingests to measure, each a process of its own with its data on this machine's disk. */
import type { LimitsOverride } from "../../../src/ingest/limits.ts";
import { command } from "../../../src/cli/asking/testing.ts";
import { startWorkerd } from "../../deploy/workerd_server.ts";
import type { Target } from "./post.ts";

export interface Engine extends Target {
  pid: number;
  stop(): Promise<void>;
}

export type StartEngine = (
  options: { shards: number; limits: NonNullable<LimitsOverride> },
) => Promise<Engine>;

const TOKEN = "operator-of-this-bench";

export const workerd: StartEngine = async ({ shards, limits }) => {
  const data = await Deno.makeTempDir({ prefix: "lasthop-bench-" });
  const server = await startWorkerd({ data, token: TOKEN, shards, limits });
  return {
    url: server.url,
    token: TOKEN,
    pid: server.pid,
    async stop() {
      if (server.said() !== "") console.error(`workerd said: ${server.said()}`);
      await server.kill();
      await Deno.remove(data, { recursive: true });
    },
  };
};

/** What one process on SQLite does with the same; it has no shards. */
export const deno: StartEngine = async ({ limits: { store, ...limits } }) => {
  const data = await Deno.makeTempDir({ prefix: "lasthop-bench-" });
  const words = Object.entries({ ...limits, ...store })
    .flatMap(([name, value]) => ["--limit", `${name}=${value}`]);
  const child = command(["serve", "--listen", "127.0.0.1:0", "--data", data, ...words], {
    LASTHOP_TOKEN: TOKEN,
  }).spawn();
  void child.stderr.pipeTo(new WritableStream());
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: url } = await reader.read();
  if (url === undefined) throw new Error("Cannot start lasthop serve: it ended");
  return {
    url: url.trim(),
    token: TOKEN,
    pid: child.pid,
    async stop() {
      Deno.kill(child.pid, "SIGKILL");
      await reader.cancel();
      await child.status;
      await Deno.remove(data, { recursive: true });
    },
  };
};
