/** An ingest that runs until it is told to end, and what is said of it on the terminal. */
import { LasthopError } from "../../event/error.ts";
import { join } from "node:path";
import { createClient } from "../../ingest/client/client.ts";
import { type Ingest, startIngest } from "../../ingest/deno.ts";
import type { WebAssets } from "../../ingest/deps.ts";
import { loadAssets } from "../capture/assets.ts";
import { createEnding } from "../capture/end.ts";
import { tetherLost } from "../capture/tether.ts";
import { makeOffer, OFFER_PATH } from "../pack/offer.ts";
import { openApi } from "../../kube/open.ts";
import { isLoopback, usageError } from "../read_value.ts";
import { type IncidentOfServe, tellHowToJoin, tickNodes } from "./incident_of_serve.ts";
import type { ServeOptions } from "./options.ts";
import { addressTowardsWorld, firstUrl, localUrl, reachableUrls } from "./reachable.ts";
import { type ClusterTold, tellCluster } from "./told_cluster.ts";
import { removeServing, type Serving, usualData, writeServing } from "./serving_file.ts";

/** An attached kubectl that broke is begun again, which takes a while. Milliseconds. */
const POD_SILENCE_MS = 60_000;

const progress = (text: string) => console.error(`lasthop: ${text}`);

/** Resolves with the exit code. Throws what `startIngest` and `openApi` throw, `no_address`, and `usage` for a user without a home. */
export async function serveIngest(options: ServeOptions): Promise<number> {
  const ending = createEnding(() => Deno.exit(130));
  if (options.tether) void tetherLost(Deno.stdin.readable, POD_SILENCE_MS).then(ending.letGo);
  try {
    // An empty one, as from an unset variable of a script, is none.
    const given = options.token || undefined;
    const rootToken = options.auth ? given ?? newToken() : undefined;
    const dataDir = options.data ?? dataOfUser();
    const webAssets = await loadAssets(progress);
    const offered = options.offersProbe ? await offer(webAssets) : undefined;
    // Before anybody is told that it serves: a kubeconfig that can't be read is the command's error.
    const api = options.kube && await openApi(options.kube);
    let told: ClusterTold | undefined;
    const ingest = await startIngest({
      listen: options.listen,
      dataDir,
      rootToken,
      allowLoopbackWithoutToken: !options.auth,
      allowOrigins: options.allowOrigins,
      limits: options.limits,
      webhook: options.webhook,
      otlp: options.otlp === undefined
        ? undefined
        : { url: options.otlp, headers: Deno.env.get("OTEL_EXPORTER_OTLP_HEADERS") },
      webAssets,
      beforeClose: async (incident) => await told?.finish(incident),
      // Until it is asked no name means anything, which is no reason not to ask again.
      names: (filter) => api === undefined ? null : told?.names(filter) ?? [],
      log: progress,
    }).catch(async (error) => {
      await api?.close();
      throw error;
    });
    try {
      await tell(ingest, { offered, options, rootToken, given, dataDir, ended: ending.ended });
      told = api &&
        tellCluster(clientOf(ingest, rootToken), api, { ended: ending.ended, progress });
      await ending.ended;
      await told?.done;
    } finally {
      await removeServing(dataDir);
      await ingest.stop();
    }
    return 0;
  } finally {
    ending.close();
  }
}

function dataOfUser(): string {
  const folder = usualData();
  if (folder !== null) return folder;
  throw usageError("Cannot keep incidents: there is no HOME, must be one, or --data FOLDER");
}

/** Puts the product among what is served to everybody; gives its digest. */
async function offer(webAssets: WebAssets): Promise<string> {
  progress("packing this lasthop for nodes that have none…");
  const { body, digest } = await makeOffer();
  webAssets.set(OFFER_PATH, { body, type: "application/gzip" });
  return digest;
}

interface Told {
  offered: string | undefined;
  options: ServeOptions;
  rootToken: string | undefined;
  given: string | undefined;
  dataDir: string;
  ended: Promise<unknown>;
}

async function tell(ingest: Ingest, told: Told): Promise<void> {
  const { options, rootToken, given, dataDir, ended } = told;
  const urls = options.url !== undefined
    ? [options.url]
    : reachableUrls(ingest.url, await addressTowardsWorld());
  progress(`incidents are kept in ${dataDir}`);
  const local = localUrl(ingest.url);
  // A token that was given is kept where its giver keeps it.
  const ownToken = given === undefined ? rootToken : undefined;
  await tellServing(dataDir, { ingest: local, token: ownToken, forNodes: urls[0] });
  if (rootToken === undefined) {
    progress("no token is asked of this user and root; everybody else on this machine is refused");
  } else if (ownToken === undefined) progress("operator token: the one given");
  else await tellToken(ownToken, dataDir);
  // The one line on stdout: scripts that let the system choose the port read it.
  console.log(urls[0] ?? local);
  if (options.incident === undefined) {
    if (urls.length > 1) progress(`also at ${urls.slice(1).join(", ")}`);
    progress("nodes join an incident by one line: lasthop incident create NAME");
    return;
  }
  await openIncident(ingest, told, urls);
  void tickNodes(clientOf(ingest, rootToken), options.incident, ended, progress);
}

/**
 * For commands beside this one. Without it they must be told where the ingest is, which is no reason not
 * to serve: in a service without users of its own (`PrivateUsers=`) root's folders are nobody's.
 */
async function tellServing(dataDir: string, serving: Serving): Promise<void> {
  try {
    await writeServing(dataDir, serving);
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    progress(`commands beside this one need --ingest and a token: ${error.message}`);
  }
}

async function openIncident(ingest: Ingest, told: Told, urls: readonly string[]): Promise<void> {
  const { options, rootToken, dataDir, offered } = told;
  const { filter, bounds } = options;
  const [url, ...others] = [firstUrl(urls), ...urls.slice(1)];
  const wanted: IncidentOfServe = {
    ...{ incident: options.incident!, filter, bounds, url, dataDir, offered },
  };
  await tellHowToJoin(clientOf(ingest, rootToken), wanted, progress);
  if (others.length > 0) progress(`where ${url} is not reached: ${others.join(", ")}`);
  if (isLoopback(options.listen) && options.url === undefined) {
    const every = options.listen.hostname.includes(":") ? "[::]" : "0.0.0.0";
    progress(`only this machine reaches it: for other nodes, --listen ${every}`);
  }
}

const clientOf = (ingest: Ingest, token: string | undefined) =>
  createClient({ url: localUrl(ingest.url), token });

function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
}

/** Tells the new token: on a terminal, else in a file, because what is written is a log. */
async function tellToken(token: string, dataDir: string): Promise<void> {
  const how = dataDir === usualData()
    ? "commands on this machine find it themselves"
    : "LASTHOP_TOKEN keeps one over restarts";
  if (Deno.stderr.isTerminal()) {
    progress(`operator token, shown this once (${how}): ${token}`);
    return;
  }
  const path = join(dataDir, "operator-token");
  // A file that is there keeps its mode.
  await Deno.remove(path).catch(() => {});
  await Deno.writeTextFile(path, `${token}\n`, { createNew: true, mode: 0o600 });
  progress(`operator token until the next start (${how}): in ${path}`);
}
