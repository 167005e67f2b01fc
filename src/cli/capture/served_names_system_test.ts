import { deepEqual, equal } from "node:assert/strict";
import { FakeApi } from "../../../test/kube/fake_api.ts";
import { service } from "../../../test/kube/objects.ts";
import type { NamedPlace } from "../../event/filter/mod.ts";
import { createClient, IngestError } from "../../ingest/client/client.ts";
import { startIngest } from "../../ingest/deno.ts";
import { openApi } from "../../kube/open.ts";
import { type ClusterTold, tellCluster } from "../serving/told_cluster.ts";
import { askIngest } from "./served_names.ts";

const addressesOf = (places: readonly NamedPlace[]) => places.flatMap(({ addresses }) => addresses);
const place = (more: Record<string, unknown>) => ({
  ...{ node: "n1", own: false, addresses: ["10.244.1.2"], pod: "shop/web-0" },
  ...more,
});
/** Asks an ingest that answers so, one answer after the other, the last again and again. */
const asked = (answers: unknown[], filter = "pod web-0") =>
  askIngest({
    client: {
      names() {
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
    ...{ incident: "i", filter, everyMs: 0 },
  });

Deno.test("names: a probe without a cluster hears from the ingest what its filter's names mean, and what changes", async () => {
  const api = new FakeApi();
  api.put("services", service("payments", "10.96.0.10"));
  api.put("services", service("stock", "10.96.0.11"));
  const kubeconfig = await Deno.makeTempFile();
  await Deno.writeTextFile(kubeconfig, api.kubeconfig());
  let cluster: ClusterTold | undefined;
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken: "root",
    allowLoopbackWithoutToken: false,
    limits: { requestsPerSecond: 100_000, requestsBurst: 100_000 },
    names: (filter) => cluster?.names(filter) ?? [],
  });
  const operator = createClient({ url: ingest.url, token: "root" });
  const ended = Promise.withResolvers<void>();
  try {
    await operator.createIncident({ id: "one" });
    cluster = tellCluster(operator, await openApi({ kubeconfig }), {
      ended: ended.promise,
      progress: () => {},
    });
    const { token } = await operator.createToken("one", { role: "probe" });
    // What a probe may do is enough.
    const client = createClient({ url: ingest.url, token });
    const names =
      (await askIngest({ client, incident: "one", filter: "svc/payments", everyMs: 0 }))!;
    const heard = new Set(addressesOf(names.places));
    const changed = Promise.withResolvers<void>();
    names.onPlaces((places) => {
      for (const address of addressesOf(places)) heard.add(address);
      if (heard.size === 1) api.put("services", service("payments", "10.96.0.99"));
      if (heard.size === 2) changed.resolve();
    });
    await changed.promise;
    // Only of what was asked for anything is told.
    deepEqual([...heard], ["10.96.0.10", "10.96.0.99"]);
    await names.stop();
  } finally {
    ended.resolve();
    await cluster?.done;
    await ingest.stop();
    await api.close();
    await Deno.remove(kubeconfig);
  }
});

Deno.test("names: names and addresses that are none are refused with all that came with them", async () => {
  const hostile = [
    { pod: "shop/\x1b[2Jweb-0" },
    { pod: "web-0" },
    { service: "shop/a b" },
    { deployment: 'shop/" or host 10.0.0.1' },
    { node: "n1)" },
    { addresses: ["10.0.0.0/8"] },
    { addresses: ["any"] },
    { addresses: Array.from({ length: 2_000 }, () => "10.0.0.1") },
    { addresses: "10.0.0.1" },
  ];
  for (const more of hostile) {
    const names = (await asked([{ asked: true, places: [place({}), place(more)] }]))!;
    deepEqual(names.places, [], JSON.stringify(more).slice(0, 80));
    await names.stop();
  }
  const good = (await asked([{ asked: true, places: [place({})] }]))!;
  deepEqual(addressesOf(good.places), ["10.244.1.2"]);
  await good.stop();
});

Deno.test("names: without a cluster, or from an older ingest, there are none; one that is away is asked again", async () => {
  const failed = (status: number, code: string) => new IngestError(code, code, status, null, {});
  equal(await asked([{ asked: false, places: [] }]), undefined);
  equal(await asked([failed(404, "route_missing")]), undefined);
  equal(await asked([{ asked: true, places: [place({})] }], "host 10.0.0.1"), undefined);
  // The incident is made with the first batch.
  const answers = [
    failed(404, "incident_missing"),
    failed(503, "busy"),
    { asked: true, places: [place({})] },
  ];
  const names = (await asked(answers))!;
  deepEqual(names.places, []);
  const heard = Promise.withResolvers<readonly NamedPlace[]>();
  names.onPlaces(heard.resolve);
  deepEqual(addressesOf(await heard.promise), ["10.244.1.2"]);
  await names.stop();
});
