/** Three faults in a cluster of twelve pods are three problems, and the one that is mended is healed. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { program, withCluster } from "../../../test/fake/cluster.ts";
import { startWorkerd } from "../../../test/edge/workerd.ts";
import { startLasthop } from "../../../test/fake/lasthop.ts";
import { createClient } from "../../ingest/client/client.ts";
import { Report } from "../../event/report.ts";

/** What each client asks: two services that are well, and one of each fault. */
const URLS = [
  "http://10.43.0.11:8080",
  "http://10.42.0.11:8080",
  // A rule of node 3 drops it.
  "http://10.43.0.12:8081",
  // No pod has the address.
  "http://10.43.0.99:8080",
  // Nothing listens there.
  "http://10.42.0.12:9999",
];
const CLIENTS = [[1, 1], [1, 2], [1, 3], [2, 3], [2, 4], [3, 3]] as const;
/** Requests of each client to each of them: what gets no answer is given up after a second. */
const REQUESTS = 8;

Deno.test("[P1] [P2] [P4] three faults are three problems, and the mended one is healed", async () => {
  await withCluster("lhpr", async ({ nodes, node, pod, inside, serve }) => {
    await serve(pod(3, 1), 8080);
    await serve(pod(2, 1), 8080);
    await serve(pod(3, 2), 8081);
    const nft = (line: string) => inside(node(3), ["nft", line]);
    await nft("add table inet shop");
    await nft("add chain inet shop fw { type filter hook forward priority 0; }");
    await nft("add rule inet shop fw tcp dport 8081 counter drop");
    const folder = await Deno.makeTempDir();
    const archive = `${folder}/incident.lasthop`;
    const kept = ["--archive", archive];
    const trace = await startLasthop(["trace", "--json", "--no-listen", ...kept, ...nodes, "tcp"]);
    await trace.ready();
    const ask = () => Promise.all(CLIENTS.map(([n, p]) => inside(pod(n, p), program(asking))));
    await ask();
    await nft("flush chain inet shop fw");
    const mendedMs = Date.now();
    await ask();
    const doneMs = Date.now();
    const { stdout } = await trace.end();
    const report = Report.parse(JSON.parse(stdout));
    const told = report.problems.map(({ cause, state, to }) =>
      `${cause?.code} ${state} ${to.address}:${to.port}`
    );
    equal(told.sort(), [
      "neighbour-unresolved active 10.43.0.99:8080",
      "netfilter-drop healed 10.43.0.12:8081",
      "no-listener active 10.42.0.12:9999",
    ]);
    const clients = report.problems.map((problem) => problem.clients);
    equal(clients, clients.map(() => CLIENTS.length));
    const healed = report.problems.find(({ state }) => state === "healed")!;
    // One machine has one wall clock; how soon it asks after the rule was gone is its own affair.
    const healedMs = Date.parse(healed.healedAt!);
    ok(healedMs >= mendedMs - 1 && healedMs <= doneMs, `healed ${healedMs - mendedMs} ms after`);
    equal(healed.actions, []);
    const near = healed.mended?.map(({ change }) =>
      report.changes.find(({ id }) => id === change)!
    );
    equal(near?.map(({ node, part, action, heard }) => [node, part, action, heard]), [
      ["n3", "netfilter-rule", "removed", true],
    ]);
    ok(Math.abs(Date.parse(near![0]!.by) - mendedMs) < 1_000, near![0]!.by);
    ok(healed.deliveredSince! >= REQUESTS, `${healed.deliveredSince} got through since`);
    const there = await onWorkerd(await Deno.readFile(archive));
    equal(there.problems, report.problems);
    equal(there.changes, report.changes);
    await Deno.remove(folder, { recursive: true });
  });
});

/** What an ingest on Workers says of an archive. */
async function onWorkerd(archive: Uint8Array<ArrayBuffer>): Promise<Report> {
  const { url, rootToken, stop } = await startWorkerd();
  try {
    const client = createClient({ url, token: rootToken });
    await client.uploadArchive("kept", archive);
    return await client.report("kept");
  } finally {
    await stop();
  }
}

/** Asks all of them at once, each so many times, one connection after the other. */
const asking = `await Promise.all(${JSON.stringify(URLS)}.map(async (url) => {
  for (let i = 0; i < ${REQUESTS}; i++) {
    await fetch(url, { signal: AbortSignal.timeout(1000) }).then((r) => r.text()).catch(() => {});
  }
}))`;
