/** `lasthop serve`: the ingest, page and API of this machine. */
import { join } from "node:path";
import { startIngest } from "../../ingest/deno.ts";
import { loadAssets } from "../capture/assets.ts";
import { createEnding } from "../capture/end.ts";
import type { ServeOptions } from "../options.ts";

const progress = (text: string) => console.error(`lasthop: ${text}`);

export async function run(options: ServeOptions): Promise<number> {
  const ending = createEnding(() => Deno.exit(130));
  try {
    // An empty one, as from an unset variable of a script, is none.
    const given = options.token || undefined;
    const rootToken = options.auth ? given ?? newToken() : undefined;
    const dataDir = options.data ?? defaultData();
    const ingest = await startIngest({
      listen: options.listen,
      dataDir,
      rootToken,
      allowLoopbackWithoutToken: !options.auth,
      allowOrigins: options.allowOrigins,
      limits: options.limits,
      webAssets: await loadAssets(progress),
      log: progress,
    });
    progress(`incidents are kept in ${dataDir}`);
    const where = rootToken === undefined || given !== undefined
      ? null
      : await tellToken(rootToken, dataDir);
    progress(howToGetIn(ingest.url, where, rootToken));
    // The one line on stdout: scripts that let the system choose the port read it.
    console.log(ingest.url);
    await ending.ended;
    await ingest.stop();
    return 0;
  } finally {
    ending.close();
  }
}

function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
}

function defaultData(): string {
  if (Deno.uid() === 0) return "/var/lib/lasthop/data";
  const home = Deno.env.get("XDG_STATE_HOME") ?? join(Deno.env.get("HOME") ?? ".", ".local/state");
  return join(home, "lasthop/data");
}

/** How the new token is told: on a terminal, else in a file, because what is written is a log. */
async function tellToken(token: string, dataDir: string): Promise<string> {
  const how = "LASTHOP_TOKEN keeps one over restarts";
  if (Deno.stderr.isTerminal()) return `operator token, shown this once (${how}): ${token}`;
  const path = join(dataDir, "operator-token");
  // A file that is there keeps its mode.
  await Deno.remove(path).catch(() => {});
  await Deno.writeTextFile(path, `${token}\n`, { createNew: true, mode: 0o600 });
  return `operator token until the next start (${how}): in ${path}`;
}

function howToGetIn(url: string, newToken: string | null, rootToken?: string): string {
  if (rootToken === undefined) {
    return "no token is asked for: everybody on this machine may read and delete";
  }
  return `${newToken ?? "operator token: the one given"}
lasthop: a token for a probe alone:
  curl -H "Authorization: Bearer $LASTHOP_TOKEN" -d '{"role":"probe"}' \\
    -H "content-type: application/json" ${url}/v1/incidents/INCIDENT/tokens`;
}
