import { deepEqual, equal, match, ok } from "node:assert/strict";
import { body, hopLine } from "../../../test/contract/lines.ts";
import { FakeApi } from "../../../test/kube/fake_api.ts";
import { service } from "../../../test/kube/objects.ts";
import { createClient } from "../../ingest/client/client.ts";
import { startIngest } from "../../ingest/deno.ts";
import { openApi } from "../../kube/open.ts";
import { type ClusterTold, tellCluster } from "./told_cluster.ts";

Deno.test("serve --kubeconfig: the API is read once, and each open incident is told, until it is closed", async () => {
  const api = new FakeApi();
  api.put("services", service("payments", "10.96.0.10"));
  const kubeconfig = await Deno.makeTempFile();
  await Deno.writeTextFile(kubeconfig, api.kubeconfig());
  let cluster: ClusterTold | undefined;
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    allowLoopbackWithoutToken: true,
    limits: { requestsPerSecond: 100_000, requestsBurst: 100_000 },
    beforeClose: async (incident) => await cluster?.finish(incident),
  });
  const client = createClient({ url: ingest.url });
  const ended = Promise.withResolvers<void>();
  const notices: string[] = [];
  try {
    await client.createIncident({ id: "closed" });
    await client.closeIncident("closed");
    await client.createIncident({ id: "one" });
    cluster = tellCluster(client, await openApi({ kubeconfig }), {
      ended: ended.promise,
      progress: (text) => notices.push(text),
    });
    match(notices[0]!, /^names of kind are told to the incidents that are open$/);
    await until(async () => (await told("one")).includes("payments"));
    // One that comes later is told what there is, and both what changes.
    await client.createIncident({ id: "two" });
    await client.postBatch("two", body({ incident: "two", node: "n", probe: "n" }, hopLine(1, 1)));
    await until(async () => (await told("two")).includes("payments"));
    api.put("services", service("stock", "10.96.0.11"));
    for (const id of ["one", "two"]) await until(async () => (await told(id)).includes("stock"));
    // That nothing changed since is told seldom, and yet before it is closed.
    const before = watched(await told("two"));
    const watches = () => api.asked.filter((path) => path.includes("/services?watch")).length;
    const asked = watches();
    api.endWatches();
    await until(async () => (await client.listIncidents()).length > 0 && watches() > asked);
    await client.closeIncident("two");
    ok(watched(await told("two")) > before);
    const { counters } = await client.getIncident("two");
    api.put("services", service("later", "10.96.0.12"));
    await until(async () => (await told("one")).includes("later"));
    equal((await client.getIncident("two")).counters.batches, counters.batches);
    equal((await client.getIncident("closed")).counters.batches, 0);
    // No second reader of the API for the second incident.
    deepEqual(api.asked.filter((path) => path.startsWith("/api/v1/services?limit=")).length, 1);
    ended.resolve();
    await cluster.done;
    match(await told("one"), /"final":true/);
  } finally {
    ended.resolve();
    await ingest.stop();
    await api.close();
    await Deno.remove(kubeconfig);
  }

  /** The latest time up to which it knows that no service changed unseen. */
  function watched(text: string): number {
    const lines = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    return Math.max(
      ...lines.filter(({ resource }) => resource === "services")
        .map(({ wallMs }) => wallMs),
    );
  }

  /** What the incident's archive has of the cluster. */
  async function told(incident: string): Promise<string> {
    const text = await new Response(
      (await client.downloadArchive(incident)).pipeThrough(new DecompressionStream("gzip")),
    ).text();
    return text.split("\n").filter((line) => line.includes('"cluster"')).join("\n");
  }
});

/** Asks until it holds: each time is a request to the ingest, and so many are far more than it takes. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 20_000; asked++) if (await holds()) return;
  throw new Error("20,000 requests, and it does not hold");
}
