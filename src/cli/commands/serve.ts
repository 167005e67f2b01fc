/** `lasthop serve`: the ingest, page and API of this machine. */
import { Option } from "commander";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { CODE_NODES } from "../../ingest/token_bounds.ts";
import { readLimits } from "../../ingest/limit_words.ts";
import type { CommandFile } from "../command.ts";
import { type KubeFlags, kubeOptions, readKube } from "../kube_options.ts";
import { incidentOption, listenOption, otlpOption } from "../options.ts";
import {
  cannotRead,
  isLoopback,
  type ListenAddress,
  readUrl,
  usageError,
  USUAL_LISTEN,
} from "../read_value.ts";
import { readCodeTime, readNodes } from "../serving/codes.ts";
import type { ServeOptions } from "../serving/options.ts";
import {
  readWebhook,
  type WebhookFlags,
  webhookOption,
  webhookSecretOption,
} from "../serving/webhook.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags extends WebhookFlags, KubeFlags {
  listen?: ListenAddress;
  data?: string;
  auth: boolean;
  token?: string;
  limit?: string[];
  allowOrigin?: string[];
  incident?: string;
  codeFor?: number;
  nodes?: number;
  url?: string;
  offerProbe?: boolean;
  otlp?: string;
}

/** The command. */
export const serve: CommandFile<[string[], Flags], ServeOptions> = {
  declare: (program) =>
    kubeOptions(program.command("serve"))
      .description("the ingest, page and API on this machine")
      .argument("[FILTER...]", "of --incident: what its nodes report (default: all packets)")
      .addOption(incidentOption("an incident, and one line by which nodes join it"))
      .addOption(
        new Option("--code-for <time>", "how long nodes can join with the line (default: 15m)")
          .argParser(readCodeTime),
      )
      .addOption(
        new Option("--nodes <number>", `how many nodes can join with it (default: ${CODE_NODES})`)
          .argParser(readNodes),
      )
      .option("--offer-probe", "offer itself to nodes that have no lasthop: a line for those")
      .addOption(
        new Option("--url <url>", "where nodes and viewers reach it, as behind a proxy with TLS")
          .argParser(readOwnUrl),
      )
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
      .addOption(webhookOption())
      .addOption(webhookSecretOption())
      .addOption(otlpOption("send problems that open or heal as OTLP logs"))
      .addOption(
        new Option("--allow-origin <origin>", "a site whose pages may use the API; repeatable")
          .argParser(readOrigin),
      ),

  read(words, flags) {
    // A service's port is known to its probes: when it is busy, that is an error.
    const listen = flags.listen ?? { ...USUAL_LISTEN, anyPortIfBusy: false };
    if (!flags.auth && !isLoopback(listen)) {
      const at = `"${listen.hostname}" can be reached by others`;
      throw usageError(`Cannot use --no-auth: ${at}, must be a loopback address`);
    }
    const { data, auth, token, limit = [], allowOrigin = [], incident, url } = flags;
    const filter = words.join(" ");
    if (filter !== "" && incident === undefined) {
      throw usageError("Cannot use FILTER: it is of --incident, must stand with it");
    }
    for (const [option, value] of ofIncident(flags)) {
      if (value === undefined || incident !== undefined) continue;
      throw usageError(
        `Cannot use ${option}: it is for nodes of --incident, must stand with it`,
      );
    }
    parseNamedFilter(filter);
    return {
      ...{ listen, data, auth, token, limits: readLimits(limit), allowOrigins: allowOrigin },
      ...{ incident, filter, url, offersProbe: flags.offerProbe ?? false },
      otlp: flags.otlp,
      kube: readKube(flags),
      webhook: readWebhook(flags, (name) => Deno.env.get(name)),
      bounds: { expiresInSeconds: flags.codeFor, nodesMax: flags.nodes },
    };
  },

  async run(options) {
    const { serveIngest } = await import("../serving/serve_ingest.ts");
    return await serveIngest(options);
  },
};

/** Options that do nothing without an incident. */
const ofIncident = ({ offerProbe, codeFor, nodes }: Flags) =>
  [["--offer-probe", offerProbe], ["--code-for", codeFor], ["--nodes", nodes]] as const;

/** The URL is printed as a word of root's shell. Throws LasthopError `usage` for one that is more. */
function readOwnUrl(text: string): string {
  const url = readUrl(text, "--url");
  if (/^[\w:/.[\]~-]+$/.test(url)) return url;
  throw cannotRead("--url", "it has a character that a shell reads", "letters, digits and :/.-_~");
}

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
