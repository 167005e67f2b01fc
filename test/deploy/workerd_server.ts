/** The self-hosted ingest as docs/deploy.md builds it, as a process of this machine. */
import { buildWorkerd } from "../../deploy/workerd/build.ts";
import type { LimitsOverride } from "../../src/ingest/limits.ts";

export interface WorkerdOptions {
  /** Folder of objects and archives; another start with it goes on with what is there. */
  data: string;
  /** The operator's; `ROOT_TOKEN` is not set when absent. */
  token?: string | undefined;
  /** Chosen by the system when absent. */
  port?: number;
  shards?: number;
  limits?: LimitsOverride;
  /** Another worker than the real one. */
  entry?: string;
}

export interface WorkerdServer {
  url: string;
  port: number;
  pid: number;
  /** What it wrote to its standard error, the end of it. */
  said(): string;
  /** As `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

const built = new Map<string | undefined, Promise<string>>();

/** The folder that docs/deploy.md installs, made once for all tests of a file. */
export function builtWorkerd(entry?: string): Promise<string> {
  const there = built.get(entry) ?? (async () => {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-workerd-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    await buildWorkerd(folder, entry);
    // Units run as users of their own.
    await Deno.chmod(folder, 0o755);
    return folder;
  })();
  built.set(entry, there);
  return there;
}

/** Resolves when it listens. Throws what it said when it ended instead. */
export async function startWorkerd(options: WorkerdOptions): Promise<WorkerdServer> {
  const { data, token, port = 0, shards = 2, limits = {}, entry } = options;
  const home = await builtWorkerd(entry);
  await Promise.all(
    ["objects", "archives"].map((name) => Deno.mkdir(`${data}/${name}`, { recursive: true })),
  );
  const child = new Deno.Command("setpriv", {
    args: ["--pdeathsig", "KILL", `${home}/workerd`, "serve", `${home}/lasthop.capnp`]
      .concat("--socket-addr", `http=127.0.0.1:${port}`, "--control-fd", "1")
      .concat("--directory-path", `objects=${data}/objects`)
      .concat("--directory-path", `archives=${data}/archives`),
    env: {
      ...(token === undefined ? {} : { ROOT_TOKEN: token }),
      SHARDS: String(shards),
      LIMITS: JSON.stringify(limits),
    },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const errors = child.stderr.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void (said = (said + text).slice(-10_000)) }));
  const listening = Promise.withResolvers<number>();
  const control = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const found = /"event":"listen".*"port":(\d+)/.exec(text)?.[1];
      if (found !== undefined) listening.resolve(Number(found));
    }
    await errors;
    listening.reject(new Error(`workerd ended: ${said}`));
  })();
  listening.promise.catch(() => {});
  const found = await listening.promise;
  return {
    url: `http://127.0.0.1:${found}`,
    port: found,
    pid: child.pid,
    said: () => said,
    async kill() {
      try {
        Deno.kill(child.pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
      await Promise.all([child.status, control]);
    },
  };
}
