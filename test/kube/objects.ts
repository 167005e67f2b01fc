/** Objects of a small shop, as an API has them. */
import type { ApiObject } from "./fake_api.ts";

/** A service at this address. */
export const service = (
  name: string,
  clusterIP: string,
  { port = 80, nodePort, namespace = "shop", targetPort = 8080, ...spec }: {
    port?: number;
    nodePort?: number;
    namespace?: string;
    targetPort?: number | string;
    [word: string]: unknown;
  } = {},
): ApiObject => ({
  metadata: { name, namespace, uid: `service-${name}` },
  spec: {
    type: nodePort === undefined ? "ClusterIP" : "NodePort",
    clusterIP,
    clusterIPs: [clusterIP],
    selector: { app: name },
    ports: [{ protocol: "TCP", port, targetPort, ...(nodePort ? { nodePort } : {}) }],
    ...spec,
  },
  status: { loadBalancer: {} },
});

/** A pod of a Deployment. */
export const pod = (
  name: string,
  ip: string,
  { namespace = "shop", app = "web", node = "worker-1", ...spec }: {
    namespace?: string;
    app?: string;
    node?: string;
    [word: string]: unknown;
  } = {},
): ApiObject => ({
  metadata: {
    name,
    namespace,
    uid: `pod-${name}`,
    labels: { app, "pod-template-hash": "7d4b9c" },
    ownerReferences: [{ kind: "ReplicaSet", name: `${app}-7d4b9c`, controller: true }],
  },
  spec: { nodeName: node, containers: [{ name: "main" }], ...spec },
  status: {
    phase: "Running",
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: "Ready", status: "True" }],
  },
});

/** The endpoints of a service, ready ones and others. */
export const slice = (
  service: string,
  ready: readonly string[],
  { notReady = [], port = 8080, namespace = "shop" }: {
    notReady?: readonly string[];
    port?: number;
    namespace?: string;
  } = {},
): ApiObject => ({
  metadata: {
    name: `${service}-abc`,
    namespace,
    labels: { "kubernetes.io/service-name": service },
  },
  addressType: "IPv4",
  ports: [{ name: "", protocol: "TCP", port }],
  endpoints: [
    ...ready.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ...notReady.map((address) => ({ addresses: [address], conditions: { ready: false } })),
  ],
});
