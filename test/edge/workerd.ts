/** The ingest on a workerd of its own, without network. */
import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "../../deploy/bundle_worker.ts";
import type { LimitsOverride } from "../../src/ingest/limits.ts";

export interface WorkerdOptions {
  limits?: LimitsOverride | undefined;
  allowOrigins?: string[] | undefined;
  /** See `ANALYSES`; default: the real one. */
  analysis?: string | undefined;
  /** Shards of a new incident. */
  shards?: number | undefined;
  /** Events that one shard has memory for. */
  eventsPerShard?: number | undefined;
  /** Where objects are kept; gone with the process when absent. */
  persist?: string | undefined;
}

export interface Workerd {
  url: string;
  rootToken: string;
  /** Names of what is in the bucket. */
  objects(): Promise<string[]>;
  object(key: string): Promise<Uint8Array<ArrayBuffer>>;
  /** As a power cut does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const rootToken = "root-token-of-a-test";
const FOLDER = fileURLToPath(new URL(".", import.meta.url));

// Begun with the module: what a test begins, it must end. What a killed workerd leaves is in here.
const temporary = await Deno.makeTempDir({ prefix: "lasthop-workerd-" });
const host = await startHost();
const script = await writeWorker();

/** Where the host listens. */
async function startHost(): Promise<string> {
  const run = ["run", "-q", "-A", "--no-check", "--config", `${FOLDER}host/deno.json`];
  const child = new Deno.Command("setpriv", {
    args: ["--pdeathsig", "KILL", "--", Deno.execPath(), ...run, `${FOLDER}host/host.ts`],
    env: { TMPDIR: temporary },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  child.unref();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  if (value === undefined) {
    throw new Error("Cannot start workerd: its host ended at once, must have miniflare from npm");
  }
  globalThis.addEventListener("unload", () => {
    child.kill("SIGKILL");
    Deno.removeSync(temporary, { recursive: true });
  });
  return `http://127.0.0.1:${value.trim()}`;
}

async function writeWorker(): Promise<string> {
  const { code } = await bundleWorker(`${FOLDER}test_worker.ts`);
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, code);
  globalThis.addEventListener("unload", () => Deno.removeSync(path));
  return path;
}

async function askHost(path: string, body?: unknown): Promise<Response> {
  const response = await fetch(host + path, {
    method: "POST",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) ok(false, await response.text());
  return response;
}

export async function startWorkerd(options: WorkerdOptions = {}): Promise<Workerd> {
  const { limits = {}, allowOrigins = [], analysis = "real", shards = 2, persist = null } = options;
  const bindings = {
    ROOT_TOKEN: rootToken,
    ALLOW_ORIGINS: allowOrigins.join(" "),
    LIMITS: JSON.stringify(limits),
    SHARDS: String(shards),
    ANALYSIS: analysis,
    ...(options.eventsPerShard === undefined
      ? {}
      : { EVENTS_PER_SHARD: String(options.eventsPerShard) }),
  };
  const response = await askHost("/start", { script, bindings, persist });
  const { id, url } = await response.json();
  const end = async (how: string) => {
    await (await askHost(`/${how}?id=${id}`)).body?.cancel();
  };
  return {
    url,
    rootToken,
    objects: async () => await (await askHost(`/objects?id=${id}`)).json(),
    object: async (key) =>
      new Uint8Array(
        await (await askHost(`/object?id=${id}&key=${encodeURIComponent(key)}`)).arrayBuffer(),
      ),
    kill: () => end("kill"),
    stop: () => end("stop"),
  };
}
