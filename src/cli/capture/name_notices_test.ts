import { deepEqual } from "node:assert/strict";
import { placeOfNode, placeOfPod, placeOfService } from "../../event/filter/mod.ts";
import { nameNotices } from "./name_notices.ts";

const SHOP = [
  placeOfPod({ namespace: "shop", name: "checkout", node: "node1", addresses: ["10.0.0.1"] }),
  placeOfPod({
    ...{ namespace: "shop", name: "agent", node: "node2", hostNetwork: true },
    addresses: ["192.0.2.2"],
  }),
  placeOfPod({ namespace: "shop", name: "waiting", addresses: [] }),
  placeOfNode({ name: "node2", addresses: ["192.0.2.2"] }),
  placeOfService({
    ...{ namespace: "shop", name: "payments", type: "ClusterIP", ports: [] },
    clusterAddresses: ["10.96.0.1"],
  }),
];

const noticesOf = (filter: string) => nameNotices(filter, { own: [], cluster: SHOP });

Deno.test("names: one that nothing has is told, with what is called nearly so", () => {
  deepEqual(noticesOf("-n shop pod/chekout and svc/payment"), [
    'nothing is called "pod/shop/chekout" here yet; did you mean pod/shop/checkout?',
    'nothing is called "svc/shop/payment" here yet; did you mean svc/shop/payments?',
  ]);
  deepEqual(
    noticesOf("-n shop pod/checkout and svc/payments and node/node2 and host 10.0.0.1"),
    [],
  );
});

Deno.test("names: a pod that has no address of its own is told, with its node", () => {
  deepEqual(noticesOf("-n shop pod/agent or pod/waiting"), [
    '"pod/shop/agent" has no address of its own now; a pod of its node\'s network has the ' +
    "node's: node/node2",
    '"pod/shop/waiting" has no address of its own now',
  ]);
  // One of several that has an address is traced.
  deepEqual(noticesOf("pod/shop/*"), []);
});

Deno.test("names: of services nothing is said where no cluster was asked", () => {
  deepEqual(nameNotices("svc/payments or pod/a", { own: [], cluster: undefined }), [
    'nothing is called "pod/a" here yet',
  ]);
});
