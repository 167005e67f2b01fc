/** Machines without Kubernetes: this one, and those that ssh reaches. The ingest is in this process. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quoted } from "../../analysis/rules/command.ts";
import { loadAssets } from "../capture/assets.ts";
import { type LocalIngest, openLocalIngest, pageOf } from "../capture/local_ingest.ts";
import type { ListenAddress } from "../read_value.ts";
import { type Carried, carry } from "./carried.ts";
import type { Fleet, Place, ProbeOrder, ProbeThere } from "./fleet.ts";
import type { HostWord } from "./on_words.ts";
import { Product } from "./product.ts";
import { startCommand } from "./start_script.ts";

/** Which machines, and how. */
export interface HostsOptions {
  on: readonly HostWord[];
  /** Null: no page, and probes alone reach the ingest, which listens on loopback. */
  listen: ListenAddress | null;
  /** Configuration of ssh in place of the user's own. */
  sshConfig?: string;
  progress(text: string): void;
}

interface HostPlace extends Place {
  word: HostWord;
}

/** How long a command may take after it was told to end; a probe itself takes 5 s for its last. */
const END_MS = 15_000;
/** A port that the system chooses. */
const ANY_PORT: ListenAddress = { hostname: "127.0.0.1", port: 0, anyPortIfBusy: false };
const OWN = join(fileURLToPath(new URL("../../../", import.meta.url)), "lasthop");

/** Opens the ingest. Throws LasthopError `listen_failed`. */
export async function openHosts(options: HostsOptions): Promise<Fleet> {
  const { listen, progress } = options;
  const assets = listen === null ? () => Promise.resolve(new Map()) : () => loadAssets(progress);
  const ingest = await openLocalIngest(listen ?? ANY_PORT, assets);
  const product = new Product(progress);
  const carried = new Set<Carried>();
  return {
    client: ingest.client,
    page: (incident) => listen === null ? null : pageOf(ingest, incident),
    places: () =>
      Promise.resolve(
        options.on.map((word): HostPlace => ({ name: nameOf(word), word })),
      ),
    start(place, order) {
      const started = start((place as HostPlace).word, place, order, { ingest, options, product });
      carried.add(started.carried);
      return started.probe;
    },
    async close() {
      for (const one of carried) one.end();
      const left = await endAll([...carried]);
      await ingest.stop();
      return left;
    },
  };
}

const nameOf = (word: HostWord) => word.by === "local" ? Deno.hostname() : word.name;

interface Tools {
  ingest: LocalIngest;
  options: HostsOptions;
  product: Product;
}

function start(
  word: HostWord,
  place: Place,
  { incident, token, words }: ProbeOrder,
  { ingest, options, product }: Tools,
): { carried: Carried; probe: ProbeThere } {
  const all = ["--incident", incident, "--name", place.name, ...words];
  const port = Number(new URL(ingest.url!).port);
  const carried = word.by === "local"
    ? carry({
      argv: startCommand(OWN, all),
      ingest: ingest.url!,
      ingestOf: () => null,
      token,
      product,
    })
    : carry({
      argv: sshCommand(word, port, options.sshConfig, startCommand("", all)),
      ingestOf: allocated,
      token,
      product,
    });
  return { carried, probe: { place, ended: carried.ended, end: carried.end } };
}

/**
 * ssh to one machine, with a way back to the ingest from its loopback alone. What a user's configuration
 * says of connections that are shared, or of an agent that is lent, is not for this.
 */
export function sshCommand(
  { destination, port }: Extract<HostWord, { by: "ssh" }>,
  ingestPort: number,
  config: string | undefined,
  command: readonly string[],
): string[] {
  const settings = [
    ...["BatchMode=yes", "ControlMaster=no", "ControlPath=none", "ExitOnForwardFailure=yes"],
    ...["ForwardAgent=no", "ForwardX11=no", "ServerAliveInterval=5", "ServerAliveCountMax=3"],
    "LogLevel=INFO",
  ].flatMap((setting) => ["-o", setting]);
  return [
    ...["ssh", "-T", ...config === undefined ? [] : ["-F", config], ...settings],
    ...["-R", `127.0.0.1:0:127.0.0.1:${ingestPort}`],
    ...port === undefined ? [] : ["-p", String(port)],
    ...["--", destination, quoted(command)],
  ];
}

/** ssh says which port it got at the other end. */
function allocated(line: string): string | null {
  const port = /^Allocated port (\d+) for remote forward/.exec(line)?.[1];
  return port === undefined ? null : `http://127.0.0.1:${port}`;
}

/** Waits for commands to end, then ends them; what a machine that is cut off keeps is told. */
async function endAll(carried: readonly Carried[]): Promise<string[]> {
  const all = Promise.all(carried.map(({ ended }) => ended)).then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), END_MS);
  });
  const isDone = await Promise.race([all, late]);
  clearTimeout(timer);
  if (isDone) return [];
  for (const one of carried) one.kill();
  await all;
  return ["a machine did not answer at the end: its probe ends by itself within 30 s"];
}
