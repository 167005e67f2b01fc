import { deepEqual, equal, match, ok } from "node:assert/strict";
import { FakeApi } from "../../test/kube/fake_api.ts";
import { pod, service, slice } from "../../test/kube/objects.ts";
import type { ClusterState } from "../event/cluster/state.ts";
import { decodeLine } from "../event/codec.ts";
import { openApi } from "./open.ts";
import { ClusterReader } from "./reader.ts";

/** A reader of the API, what it told, and a wait for what it will tell. */
async function reading(api: FakeApi, { kubeconfig = api.kubeconfig(), pageSize = 500 } = {}) {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, kubeconfig);
  const lines: ClusterState[] = [];
  const notices: string[] = [];
  let told = Promise.withResolvers<void>();
  const reader = new ClusterReader(await openApi({ kubeconfig: file }), {
    onLine(line) {
      lines.push(line);
      told.resolve();
      told = Promise.withResolvers();
    },
    onNotice: (text) => notices.push(text),
    lastWatchSeconds: 0.05,
    retryMs: 1,
    retryMaxMs: 5,
    pageSize,
  });
  return {
    reader,
    lines,
    notices,
    async until(holds: (lines: ClusterState[]) => boolean): Promise<void> {
      while (!holds(lines)) await Promise.race([told.promise, api.nextWatch]);
    },
    async [Symbol.asyncDispose]() {
      await reader.stop();
      await api.close();
      await Deno.remove(file);
    },
  };
}

const namesIn = (lines: readonly ClusterState[], told: ClusterState["told"], resource: string) =>
  lines.filter((line) => line.told === told && line.resource === resource)
    .map(({ objects }) => objects.map(({ name }) => name));

Deno.test("cluster: lists every kind in pages, then tells what changes, as lines that read back", async () => {
  const api = new FakeApi();
  api.put("services", ...["a", "b", "c"].map((name, i) => service(name, `10.96.0.${i}`)));
  await using read = await reading(api, { pageSize: 2 });
  await read.reader.listed;
  deepEqual(namesIn(read.lines, "listed", "services"), [["a", "b", "c"]]);
  ok(api.asked.includes("/api/v1/services?limit=2&continue=2"));
  await read.until(() => api.watches("services") > 0 && api.watches("pods") > 0);
  api.put("services", service("d", "10.96.0.9"));
  api.remove("services", "a", "shop");
  api.put("pods", pod("web-0", "10.244.0.5"));
  await read.until((lines) =>
    lines.some(({ gone }) => gone?.includes("shop/a")) &&
    namesIn(lines, "changed", "pods").length > 0
  );
  deepEqual(namesIn(read.lines, "changed", "services"), [["d"], []]);
  deepEqual(read.lines.map(({ sequence }) => sequence), read.lines.map((_, i) => i));
  for (const line of read.lines) {
    deepEqual(decodeLine(JSON.stringify(line)), { type: "cluster", cluster: line });
  }
});

Deno.test("cluster: what is condensed of a pod and of endpoints is what names and services need", async () => {
  const api = new FakeApi();
  api.put("pods", pod("web-7d4b9c-x", "10.244.0.5"));
  api.put("endpointslices", slice("web", ["10.244.0.5"], { notReady: ["10.244.0.6"] }));
  await using read = await reading(api);
  await read.reader.listed;
  const [web] = read.lines.find(({ resource }) => resource === "pods")!.objects;
  deepEqual(web, {
    namespace: "shop",
    name: "web-7d4b9c-x",
    uid: "pod-web-7d4b9c-x",
    node: "worker-1",
    addresses: ["10.244.0.5"],
    phase: "Running",
    ready: true,
    labels: { app: "web", "pod-template-hash": "7d4b9c" },
    owner: { kind: "Deployment", name: "web" },
  });
  deepEqual(read.lines.find(({ resource }) => resource === "endpointslices")!.objects, [{
    namespace: "shop",
    name: "web-abc",
    service: "web",
    ports: [{ protocol: "TCP", port: 8080 }],
    endpoints: [
      { addresses: ["10.244.0.5"], ready: true },
      { addresses: ["10.244.0.6"], ready: false },
    ],
  }]);
});

Deno.test("cluster: a version that is too old is told as a break, and everything is listed again", async () => {
  const api = new FakeApi();
  api.put("services", service("a", "10.96.0.1"));
  await using read = await reading(api);
  await read.until(() => api.watches("services") > 0);
  api.endWatches({ forget: true });
  const ofServices = () => read.lines.filter(({ resource }) => resource === "services");
  await read.until(() => ofServices().filter(({ told }) => told === "listed").length > 1);
  const told = ofServices().map(({ told }) => told);
  const again = told.lastIndexOf("listed");
  equal(told[again - 1], "broken");
  match(ofServices()[again - 1]!.why!, /410/);
});

Deno.test("cluster: at its end it has heard of everything until then, and says so", async () => {
  const api = new FakeApi();
  api.put("services", service("a", "10.96.0.1"));
  const read = await reading(api);
  await read.until(() => api.watches("services") > 0);
  const stopped = read.reader.stop();
  api.put("services", service("late", "10.96.0.2"));
  await stopped;
  deepEqual(namesIn(read.lines, "changed", "services"), [["late"]]);
  const last = read.lines.filter(({ resource }) => resource === "services").at(-1)!;
  equal(last.final, true);
  await read[Symbol.asyncDispose]();
});

Deno.test("cluster: a kind that may not be read is said once, the others are known", async () => {
  const api = new FakeApi();
  api.forbidden.add("nodes");
  api.groups = { "discovery.k8s.io": ["v1beta1"] };
  await using read = await reading(api);
  await read.reader.listed;
  equal(read.notices.length, 1);
  match(read.notices[0]!, /^nodes of kind: \/api\/v1\/nodes: 403 nodes is forbidden/);
  ok(api.asked.some((path) => path.startsWith("/apis/discovery.k8s.io/v1beta1/endpointslices")));
  ok(!api.asked.some((path) => path.includes("networkpolicies")));
  deepEqual(namesIn(read.lines, "listed", "services"), [[]]);
});

Deno.test("cluster: hostile and endless objects are left out, counted, and never make a line unreadable", async () => {
  const api = new FakeApi();
  const name = "x".repeat(300);
  api.put("services", service(name, "10.96.0.1"), service("</script>\u001b[2J", "10.96.0.2"));
  api.put("pods", { metadata: { name: "no-spec" } });
  await using read = await reading(api);
  await read.reader.listed;
  const services = read.lines.find(({ resource }) => resource === "services")!;
  deepEqual([services.objects.length, services.leftOut], [1, 1]);
  equal(read.lines.find(({ resource }) => resource === "pods")!.leftOut, 1);
  for (const line of read.lines) equal(decodeLine(JSON.stringify(line)).type, "cluster");
});

Deno.test("cluster: who is not let in is told so, and no list is empty for it", async () => {
  const api = new FakeApi();
  await using read = await reading(api, { kubeconfig: api.kubeconfig({ token: "wrong" }) });
  await read.reader.listed;
  match(read.notices[0]!, /does not answer: \/apis: 401 Unauthorized/);
  equal(read.lines.length, 0);
});
