/** `lasthop serve`: the ingest, page and API of this machine. */
import { Option } from "commander";
import { join } from "node:path";
import { readLimits } from "../../ingest/limit_words.ts";
import type { LimitsOverride } from "../../ingest/limits.ts";
import type { CommandFile } from "../command.ts";
import { listenOption, USUAL_LISTEN } from "../options.ts";
import { cannotRead, isLoopback, type ListenAddress, usageError } from "../read_value.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags {
  listen?: ListenAddress;
  data?: string;
  auth: boolean;
  token?: string;
  limit?: string[];
  allowOrigin?: string[];
}

/** The options of `lasthop serve`. */
export interface ServeOptions {
  listen: ListenAddress;
  /** Folder; absent: one of the system's. */
  data?: string;
  /** False only on loopback. */
  auth: boolean;
  token?: string;
  limits: LimitsOverride;
  /** Other sites whose pages may use the API. */
  allowOrigins: string[];
}

/** The command. */
export const serve: CommandFile<[Flags], ServeOptions> = {
  declare: (program) =>
    program.command("serve")
      .description("the ingest, page and API on this machine")
      .addOption(listenOption("127.0.0.1:4680"))
      .option("--data <folder>", "where incidents are kept")
      .addOption(tokenOption())
      .addOption(tokenFileOption())
      .option("--no-auth", "ask this user and root for no token, on a loopback address only")
      .addOption(
        // Only collected here: they are read together, so that the last of a name counts.
        new Option("--limit <name=number>", "a limit of docs/http.md; repeatable")
          .argParser((word, earlier: string[] = []) => [...earlier, word]),
      )
      .addOption(
        new Option("--allow-origin <origin>", "a site whose pages may use the API; repeatable")
          .argParser(readOrigin),
      ),

  read(flags) {
    // A service's port is known to its probes: when it is busy, that is an error.
    const listen = flags.listen ?? { ...USUAL_LISTEN, anyPortIfBusy: false };
    if (!flags.auth && !isLoopback(listen)) {
      const at = `"${listen.hostname}" can be reached by others`;
      throw usageError(`Cannot use --no-auth: ${at}, must be a loopback address`);
    }
    const { data, auth, token, limit = [], allowOrigin = [] } = flags;
    return { listen, data, auth, token, limits: readLimits(limit), allowOrigins: allowOrigin };
  },

  async run(options) {
    const { startIngest } = await import("../../ingest/deno.ts");
    const { loadAssets } = await import("../capture/assets.ts");
    const { createEnding } = await import("../capture/end.ts");
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
  },
};

/**
 * Adds one site, as browsers name it, to those given before it. Throws LasthopError `usage` for what
 * is no origin.
 */
export function readOrigin(text: string, earlier: string[] = []): string[] {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.origin === text) {
    return [...earlier, text];
  }
  throw cannotRead("--allow-origin", `"${text}" is not an origin`, "https://HOST or with :PORT");
}

const progress = (text: string) => console.error(`lasthop: ${text}`);

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
    return "no token is asked of this user and root; everybody else on this machine is refused";
  }
  return `${newToken ?? "operator token: the one given"}
lasthop: a token for a probe alone:
  curl -H "Authorization: Bearer $LASTHOP_TOKEN" -d '{"role":"probe"}' \\
    -H "content-type: application/json" ${url}/v1/incidents/INCIDENT/tokens`;
}
