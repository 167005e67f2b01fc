/** The API by way of `kubectl proxy`, for whoever proves who they are by a program that kubectl starts. */
import { join } from "node:path";
import { execa } from "execa";
import { LasthopError } from "../event/error.ts";
import type { Access } from "./access.ts";
import { KubeApi } from "./api.ts";

const START_MS_MAX = 15_000;
const LOOK_MS = 50;
/** After SIGTERM. */
const KILL_MS = 500;

/**
 * Starts it on a socket in a folder that nobody else can enter. Rejects with LasthopError
 * `kubectl_failed`.
 */
export async function carriedByKubectl(
  access: Access,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<KubeApi> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-kubectl-" });
  const path = join(folder, "socket");
  // Apart, because Ctrl-C in a terminal must not take the names of a trace that is told to end; and not
  // longer than this process, however that ends.
  const apart = ["setpriv", "--pdeathsig", "TERM"];
  const child = execa("setsid", [...apart, "kubectl", "proxy", ...words, "--unix-socket", path], {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    maxBuffer: 64 * 1024,
    cleanup: true,
  });
  // It has the user's rights, and must not outlive who asked for it.
  const close = async () => {
    end(child.pid, "SIGTERM");
    const late = setTimeout(() => end(child.pid, "SIGKILL"), KILL_MS);
    await child;
    clearTimeout(late);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  };
  let said: string | null = null;
  void child.then(({ stderr, shortMessage }) => said = stderr || shortMessage || "it ended");
  const until = performance.now() + START_MS_MAX;
  while (!await isThere(path)) {
    if (said === null && performance.now() < until && signal?.aborted !== true) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      continue;
    }
    await close();
    throw new LasthopError(
      "kubectl_failed",
      `Cannot reach the cluster by kubectl proxy: ${(said ?? "no socket in time").slice(0, 300)}`,
    );
  }
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  return new KubeApi(access.cluster, "http://localhost", client, () => undefined, close);
}

/** By Deno, because execa's own kill may miss the process under it. */
function end(pid: number | undefined, signal: Deno.Signal): void {
  try {
    if (pid !== undefined) Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSocket === true;
  } catch {
    return false;
  }
}
