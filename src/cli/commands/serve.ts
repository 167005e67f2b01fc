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
      webAssets: await loadAssets(progress),
      log: progress,
    });
    progress(`incidents are kept in ${dataDir}`);
    progress(howToGetIn(ingest.url, given, rootToken));
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

function howToGetIn(url: string, given: string | undefined, rootToken?: string): string {
  if (rootToken === undefined) {
    return "no token is asked for: everybody on this machine may read and delete";
  }
  const first = given === undefined
    ? `operator token, shown this once (LASTHOP_TOKEN keeps one over restarts): ${rootToken}`
    : "operator token: the one given";
  return `${first}
lasthop: a token for a probe alone:
  curl -H "Authorization: Bearer $LASTHOP_TOKEN" -d '{"role":"probe"}' \\
    -H "content-type: application/json" ${url}/v1/incidents/INCIDENT/tokens`;
}
