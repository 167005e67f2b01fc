/** Archives as `lasthop replay --json --no-listen` reports them, and on shards, and still open. */
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import type { Ingest } from "../../src/ingest/mod.ts";
import { type Case, type Made, onShards } from "./case.ts";
import type { Entries } from "./entries.ts";

export function* archiveCases(entries: Entries, folder: string): Generator<Case> {
  const names = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map(({ name }) => name).filter((name) => isGzip(`${folder}/${name}`)).sort();
  if (names.length === 0) throw new Error(`no archive is in ${folder}, must be one`);
  for (const name of names) {
    yield { name: `archive ${name}`, reports: () => reports(entries, `${folder}/${name}`) };
  }
}

async function* reports(entries: Entries, path: string): AsyncGenerator<Made> {
  yield ["replayed", await replayed(entries, path)];
  const inputs: AnalysisInput[] = [];
  await replayed(entries, path, (input) => {
    inputs.push(input);
    return entries.analyse(input);
  });
  const input = inputs[0]!;
  yield ["still open", entries.analyse({ ...input, closed: false })];
  yield* onShards(entries, input);
}

/** Into an ingest of its own, in memory. `analyse` sees what that ingest asks its own for. */
async function replayed(
  { createClient, startIngest }: Entries,
  path: string,
  analyse?: Entries["analyse"],
): Promise<unknown> {
  const token = crypto.randomUUID();
  const ingest: Ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken: token,
    allowLoopbackWithoutToken: false,
    ...(analyse && { analyse }),
  });
  try {
    const client = createClient({
      url: ingest.url,
      token,
      fetch: async (input, init) => await ingest.app.fetch(new Request(input, init), {}),
    });
    const file = Deno.readFileSync(path);
    const incident = await incidentOf(file);
    // As a replay does with an archive that was cut; of a whole one it imports all.
    await client.uploadArchive(incident, file, { partial: true });
    return await client.report(incident);
  } finally {
    await ingest.stop();
  }
}

/** Its first line names it. Of a cut file the rest cannot be read. */
async function incidentOf(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const chunks = new Blob([file]).stream().pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return JSON.parse(text.slice(0, text.indexOf("\n"))).incident;
}

function isGzip(path: string): boolean {
  using file = Deno.openSync(path);
  const magic = new Uint8Array(2);
  return file.readSync(magic) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}
