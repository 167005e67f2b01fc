/** What a real API server answered (Kubernetes 1.20.2, `deno task kube-record`), served again over TLS. */
import { deepEqual, equal } from "node:assert/strict";
import { type ApiObject, FakeApi } from "../../test/kube/fake_api.ts";
import { CLUSTER_RESOURCES, type ClusterState } from "../event/cluster/state.ts";
import { openApi } from "./open.ts";
import { condensed } from "./condense.ts";
import { ClusterReader } from "./reader.ts";

const recorded = async (name: string) =>
  JSON.parse(
    await Deno.readTextFile(new URL(`../../test/kube/recorded/${name}.json`, import.meta.url)),
  );

Deno.test("cluster: a real server's lists are read whole, its versions chosen by discovery", async () => {
  const api = new FakeApi();
  const { groups } = await recorded("apis") as {
    groups: { name: string; versions: { version: string }[] }[];
  };
  api.groups = Object.fromEntries(
    groups.map(({ name, versions }) => [name, versions.map(({ version }) => version)]),
  );
  for (const resource of CLUSTER_RESOURCES) {
    const { items } = await recorded(resource) as { items: ApiObject[] };
    api.put(resource, ...items);
  }
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, api.kubeconfig());
  const lines: ClusterState[] = [];
  const reader = new ClusterReader(await openApi({ kubeconfig: file }), {
    onLine: (line) => lines.push(line),
    onNotice: (text) => {
      throw new Error(text);
    },
    lastWatchSeconds: 0.05,
  });
  await reader.listed;
  await reader.stop();
  await api.close();
  await Deno.remove(file);
  const listed = new Map(
    lines.filter(({ told }) => told === "listed").map((line) => [line.resource, line]),
  );
  equal(listed.size, CLUSTER_RESOURCES.length);
  deepEqual([...listed.values()].flatMap(({ leftOut }) => leftOut ?? []), []);
  const found = (resource: ClusterState["resource"], name: string) =>
    (listed.get(resource)!.objects as { name: string }[]).find((one) => one.name === name);
  const { clusterAddresses, ports, sinceMs, ...web } = found("services", "web") as Record<
    string,
    unknown
  >;
  // It was set on 2026-11-26, and the answer's date is today's.
  equal(Math.floor(sinceMs as number / 60_000), Date.parse("2026-11-26T20:48:00Z") / 60_000);
  deepEqual(web, { namespace: "recorded", name: "web", type: "NodePort", externalLocal: true });
  equal((clusterAddresses as string[]).length, 1);
  const [port] = ports as Record<string, unknown>[];
  deepEqual({ ...port, nodePort: typeof port!.nodePort }, {
    name: "main",
    protocol: "TCP",
    port: 80,
    nodePort: "number",
    target: "http",
  });
  deepEqual((found("services", "headless") as Record<string, unknown>).clusterAddresses, []);
  const pods = listed.get("pods")!.objects as Record<string, unknown>[];
  const owned = pods.filter(({ namespace }) => namespace === "recorded");
  deepEqual(owned.map(({ owner }) => owner), [
    { kind: "Deployment", name: "web" },
    { kind: "Deployment", name: "web" },
  ]);
  deepEqual(found("networkpolicies", "allow-shop"), {
    namespace: "recorded",
    name: "allow-shop",
    pods: { labels: { app: "web" } },
    ingress: [{
      peers: [
        {
          namespaces: { labels: { team: "shop" } },
          pods: { expressions: [{ key: "app", operator: "In", values: ["checkout"] }] },
        },
        { block: { cidr: "10.0.0.0/8", except: ["10.9.0.0/16"] } },
      ],
      ports: [{ protocol: "TCP", port: "http" }],
    }],
  });
  deepEqual(found("networkpolicies", "deny"), {
    namespace: "recorded",
    name: "deny",
    pods: {},
    ingress: [],
  });
});

Deno.test("cluster: what a real server told a watch is understood, each line", async () => {
  const lines = await recorded("watch") as { type: string; object: Record<string, unknown> }[];
  const told = lines.map(({ type, object }) =>
    type === "BOOKMARK" ? [type] : [type, condensed("services", object)?.name]
  );
  deepEqual(told, [
    ["MODIFIED", "web"],
    ["ADDED", "late"],
    ["DELETED", "late"],
    ["BOOKMARK"],
    ["BOOKMARK"],
  ]);
});
