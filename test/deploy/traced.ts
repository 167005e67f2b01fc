/**
 * A lab traced as on separate machines: an ingest somewhere, one probe process for each node, the
 * report asked for over HTTP. Nothing but their batches joins them.
 */
import { equal } from "node:assert/strict";
import { command, lasthop } from "../../src/cli/asking/testing.ts";
import type { Report } from "../../src/event/report.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import type { Lab } from "../../src/lab/mod.ts";

export const TOKEN = "operator-of-this-test";

export interface Serving {
  url: string;
  stop(): Promise<void>;
}

/** Resolves with the first line that fits; the rest is read and thrown away. */
async function lineOf(child: Deno.ChildProcess, pattern: RegExp): Promise<string> {
  const found = Promise.withResolvers<string>();
  void (async () => {
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const match = pattern.exec(text);
      if (match) found.resolve(match[0]);
    }
    found.reject(new Error(`no line like ${pattern} in ${JSON.stringify(text)}`));
  })();
  return await found.promise;
}

async function fileIsThere(path: string): Promise<void> {
  const watcher = Deno.watchFs(path.slice(0, path.lastIndexOf("/")));
  const isThere = () => Deno.stat(path).then(() => true, () => false);
  if (!await isThere()) {
    for await (const _ of watcher) if (await isThere()) break;
  }
}

interface Probe {
  child: Deno.ChildProcess;
  ready: string;
}

function startProbe(lab: Lab, node: Lab["nodes"][number], url: string, folder: string): Probe {
  const ready = `${folder}/ready-${node.name}`;
  const args = ["probe", "--ingest", url, "--incident", lab.id, "--ready-file", ready];
  args.push("--node", `${node.name}=${node.netns.join(",")}`, "--spool", `${folder}/${node.name}`);
  const child = command([...args, lab.filter], { LASTHOP_TOKEN: TOKEN }).spawn();
  return { child, ready };
}

/** `lasthop serve` as a process. */
export async function serveOnDeno(folder: string): Promise<Serving> {
  const serve = command(["serve", "--listen", "127.0.0.1:0", "--data", `${folder}/data`], {
    LASTHOP_TOKEN: TOKEN,
  }).spawn();
  const url = await lineOf(serve, /http:\/\/127\.0\.0\.1:\d+/);
  return {
    url,
    async stop() {
      Deno.kill(serve.pid, "SIGTERM");
      await serve.status;
    },
  };
}

/** Runs the lab's traffic under an ingest and a probe per node; the report as served. */
export async function traced(
  lab: Lab,
  folder: string,
  { url }: Serving,
): Promise<{ report: Report; replayed: Report }> {
  const client = createClient({ url, token: TOKEN });
  await client.createIncident({ id: lab.id, filter: lab.filter });
  const probes = lab.nodes.map((node) => startProbe(lab, node, url, folder));
  await Promise.all(probes.map(({ ready }) => fileIsThere(ready)));
  await lab.sendTraffic();
  for (const { child } of probes) Deno.kill(child.pid, "SIGINT");
  for (const { child } of probes) equal((await child.output()).code, 0);
  await client.closeIncident(lab.id);
  const report = await client.report(lab.id);
  const archive = `${folder}/archive`;
  const file = await Deno.open(archive, { write: true, create: true });
  await (await client.downloadArchive(lab.id)).pipeTo(file.writable);
  const replay = await lasthop(["replay", archive, "--json"]);
  equal(replay.code, 0, replay.stderr);
  return { report, replayed: JSON.parse(replay.stdout) };
}
