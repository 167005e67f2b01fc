import { deepEqual, equal } from "node:assert/strict";
import { pod, service, slice } from "../../../test/kube/objects.ts";
import type { ClusterObject, ClusterResource, ClusterState } from "../../event/cluster/state.ts";
import { condensed } from "../../kube/condense.ts";
import { EndNodes } from "./end_nodes.ts";

type Told = Partial<Record<ClusterResource, Record<string, unknown>[]>>;

/** Checkout on the first node, payments on the second, something else on the third. */
const SHOP: Told = {
  pods: [
    pod("checkout", "10.244.1.5", { app: "checkout", node: "worker-1" }),
    pod("payments", "10.244.2.9", { app: "payments", node: "worker-2" }),
    pod("other", "10.244.3.7", { app: "other", node: "worker-3" }),
  ],
  services: [service("payments", "10.96.0.20")],
  endpointslices: [slice("payments", ["10.244.2.9"])],
  nodes: [1, 2, 3].map((i) => ({
    metadata: { name: `worker-${i}` },
    status: { addresses: [{ type: "InternalIP", address: `192.0.2.${i}` }] },
  })),
};

function line(resource: ClusterResource, told: ClusterState["told"], raw: Told[ClusterResource]) {
  const objects = (raw ?? []).map((one) => condensed(resource, one) as ClusterObject);
  return { kind: "cluster", cluster: "c", sequence: 0, wallMs: 0, resource, told, objects };
}

function endsOf(filter: string, told: Told = SHOP) {
  const ends = new EndNodes(filter);
  const take = (...words: Parameters<typeof line>) => ends.take(line(...words) as ClusterState);
  for (const resource of ["pods", "nodes", "services", "endpointslices"] as const) {
    take(resource, "listed", told[resource]);
  }
  return { ends, take, nodes: () => ends.nodes && [...ends.nodes].sort() };
}

Deno.test("cluster: a filter between a pod and a service is about their nodes, and no other", () => {
  deepEqual(endsOf("-n shop pod/checkout and svc/payments").nodes(), ["worker-1", "worker-2"]);
  deepEqual(endsOf("-n shop deploy/checkout and node/worker-3").nodes(), ["worker-1", "worker-3"]);
  deepEqual(endsOf("tcp and (pod shop/checkout and pod shop/other)").nodes(), [
    "worker-1",
    "worker-3",
  ]);
});

Deno.test("cluster: an end that is not named, is no one's, or is the other one may be anywhere", () => {
  for (
    const filter of [
      ...["", "tcp port 80", "pod shop/checkout", "pod shop/checkout and host 10.96.0.20"],
      ...["pod shop/checkout or svc shop/payments", "pod shop/checkout and not svc shop/payments"],
      ...["pod shop/checkout and svc shop/nobody", "svc shop/payments and pod shop/payments"],
    ]
  ) equal(endsOf(filter).nodes(), null, filter);
  const outside = { ...SHOP, endpointslices: [slice("payments", ["198.51.100.7"])] };
  equal(endsOf("pod shop/checkout and svc shop/payments", outside).nodes(), null);
});

Deno.test("cluster: an endpoint that comes makes its node an end, and a broken watch makes all of them one", () => {
  const { take, nodes } = endsOf("pod shop/checkout and svc shop/payments");
  take("pods", "changed", [pod("payments-2", "10.244.3.8", { node: "worker-3" })]);
  take("endpointslices", "changed", [slice("payments", ["10.244.2.9", "10.244.3.8"])]);
  deepEqual(nodes(), ["worker-1", "worker-2", "worker-3"]);
  take("endpointslices", "changed", [slice("payments", ["10.244.2.9"])]);
  deepEqual(nodes(), ["worker-1", "worker-2"]);
  take("endpointslices", "broken", []);
  equal(nodes(), null);
});
