/**
 * The incidents through separate processes, as on separate machines: one ingest, one probe for each
 * node, the report asked for over HTTP. Nothing but their batches joins them.
 */
import { deepEqual, equal } from "node:assert/strict";
import { command, lasthop } from "../src/cli/asking/testing.ts";
import type { Report } from "../src/event/report.ts";
import { createClient } from "../src/ingest/client.ts";
import { kernelTest, withLab } from "../src/lab/kernel_testing.ts";
import type { Lab } from "../src/lab/mod.ts";

const TOKEN = "operator-of-this-test";

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

/** Runs the lab's traffic under an ingest and a probe per node; the report as served. */
async function traced(lab: Lab, folder: string): Promise<{ report: Report; replayed: Report }> {
  const serve = command(["serve", "--listen", "127.0.0.1:0", "--data", `${folder}/data`], {
    LASTHOP_TOKEN: TOKEN,
  }).spawn();
  const url = await lineOf(serve, /http:\/\/127\.0\.0\.1:\d+/);
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
  Deno.kill(serve.pid, "SIGTERM");
  await serve.status;
  return { report, replayed: JSON.parse(replay.stdout) };
}

async function through(id: string, repaired: boolean, check: (report: Report) => void) {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await withLab(id, { repaired }, async (lab) => {
      const { report, replayed } = await traced(lab, folder);
      check(report);
      deepEqual(replayed, report);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

kernelTest("[C4] [I1] separate processes find the wrong MAC, and a replay agrees", async () => {
  await through("I1", false, ({ flows: [flow] }) => {
    equal(flow!.outcome, "dropped");
    equal(flow!.lastHop.device, "vxlan0");
    equal(flow!.cause?.code, "destination-mac-mismatch");
  });
});

kernelTest("[C4] [I3] separate processes join a tunnel through NAT of its outside", async () => {
  await through("I3", true, ({ flows }) => {
    for (const flow of flows) {
      equal(flow.outcome, "delivered");
      equal(flow.packets.delivered, flow.packets.seen);
      equal(new Set(flow.path.map(({ node }) => node)).size, 2);
      equal(flow.cause, undefined);
    }
  });
});

kernelTest("[C4] [I4] separate processes find forwarding switched off", async () => {
  await through("I4", false, ({ flows: [flow] }) => {
    equal(flow!.outcome, "dropped");
    equal(flow!.lastHop.device, "ucni88bdbf34ff6");
    equal(flow!.cause?.code, "ip-forwarding-disabled");
  });
});
