import { deepEqual, equal, rejects } from "node:assert/strict";
import { parseNamedFilter } from "../../../event/filter/mod.ts";
import { LasthopError } from "../../../event/error.ts";
import type { Kubectl, KubeObject } from "./kubectl.ts";
import { hasNames, resolveNames, withoutNames } from "./names.ts";

const POD = {
  metadata: { name: "payments-1", namespace: "shop" },
  spec: { nodeName: "node2" },
  status: { podIP: "10.244.2.2", podIPs: [{ ip: "10.244.2.2" }, { ip: "fd00::2" }] },
};
const OBJECTS: Record<string, KubeObject[]> = {
  "pod/payments-1 -n shop": [POD],
  "pods -n shop -l app=payments": [POD],
  "service/payments -n shop": [
    {
      metadata: { name: "payments" },
      spec: { clusterIP: "10.96.0.20", selector: { app: "payments" } },
    },
  ],
  "service/stock -n shop": [
    { metadata: { name: "stock" }, spec: { clusterIP: "10.96.0.30", selector: { app: "stock" } } },
  ],
  "pods -n shop -l app=stock": [],
  "service/headless -n shop": [
    { metadata: { name: "headless" }, spec: { clusterIP: "None", selector: { app: "payments" } } },
  ],
  "deployment/payments -n shop": [
    {
      metadata: { name: "payments" },
      spec: { selector: { matchLabels: { app: "payments" } } },
    },
  ],
  "node/node1": [
    {
      metadata: { name: "node1" },
      status: { addresses: [{ type: "InternalIP", address: "192.168.60.1" }] },
    },
  ],
};
const kubectl = {
  list(words: readonly string[]) {
    const found = OBJECTS[words.join(" ")];
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new LasthopError("kubectl_failed", `Cannot get: "x" not found`));
  },
} as unknown as Kubectl;
const POD_WORDS = "(host 10.244.2.2 or host fd00::2 or pod shop/payments-1)";

Deno.test("names of a filter become addresses, and pods keep their names beside them", async () => {
  for (
    const [filter, resolved, nodes] of [
      ["pod/payments-1", POD_WORDS, ["node2"]],
      ["deploy/payments and tcp", `${POD_WORDS} and tcp`, ["node2"]],
      ["svc/headless", POD_WORDS, ["node2"]],
      ["(pod/payments-1) and svc/payments", `(${POD_WORDS}) and host 10.96.0.20`, ["node2"]],
      ["svc/stock", "host 10.96.0.30", []],
      ["node/node1", "host 192.168.60.1", ["node1"]],
      ["tcp port 80", "tcp port 80", []],
    ] as const
  ) {
    deepEqual(await resolveNames(kubectl, filter, "shop"), { filter: resolved, nodes });
    parseNamedFilter(resolved);
  }
});

Deno.test("a name that is not there is told with its kind and namespace", async () => {
  await rejects(resolveNames(kubectl, "svc/nobody", "shop"), {
    code: "name_unknown",
    message: 'Cannot trace: there is no service "nobody" in "shop"',
  });
});

Deno.test("only words that name something are names", () => {
  equal(hasNames("tcp port 80"), false);
  equal(hasNames("svc/a"), true);
  equal(withoutNames("src pod/a and dst svc/b"), "src host 192.0.2.1 and dst host 192.0.2.1");
});
