/**
 * Objects of a cluster as its API tells them, as far as they tell whose an address is, where a service
 * leads and what a policy allows. Everything in them is text from outside.
 */
import { z } from "zod";

const name = z.string().max(253);
const address = z.string().max(64);
const port = z.number().int().min(0).max(65_535);
const labels = z.record(z.string().max(400), z.string().max(253));
/** `TCP`, `UDP`, `SCTP`. */
const protocol = z.string().max(16);

/**
 * Since when it has been as it is told, by the clock of who asked the API and at the latest: ms since 1970.
 * Absent where the API does not say so.
 */
const sinceMs = z.number().int().min(0).optional();

/** Which labels an object must have. */
export const Selector = z.object({
  labels: labels.optional(),
  expressions: z.array(z.object({
    key: z.string().max(400),
    /** `In`, `NotIn`, `Exists`, `DoesNotExist`. */
    operator: z.string().max(32),
    values: z.array(z.string().max(253)).max(1_000).optional(),
  })).max(100).optional(),
});

/** A pod. */
export const ClusterPod = z.object({
  namespace: name,
  name,
  uid: z.string().max(64).optional(),
  /** Absent: not scheduled yet. */
  node: name.optional(),
  /** Its addresses are the node's. */
  hostNetwork: z.boolean().optional(),
  addresses: z.array(address).max(16),
  /** `Pending`, `Running`, `Succeeded`, `Failed`. */
  phase: z.string().max(32).optional(),
  ready: z.boolean().optional(),
  labels: labels.optional(),
  /** What made it: the Deployment of its ReplicaSet, a StatefulSet, a DaemonSet, a Job. */
  owner: z.object({ kind: z.string().max(64), name }).optional(),
  /** Ports of its containers that have a name. */
  ports: z.array(z.object({ name: z.string().max(63), port, protocol })).max(256).optional(),
});

/** A node of the cluster. */
export const ClusterNode = z.object({
  name,
  addresses: z.array(address).max(32),
  ready: z.boolean().optional(),
  /** Since when there is one of this name. */
  sinceMs,
});

/** A service. */
export const ClusterService = z.object({
  namespace: name,
  name,
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  type: z.string().max(32),
  /** Without `None` of a headless one. */
  clusterAddresses: z.array(address).max(8),
  /** External addresses, and those of its load balancer. */
  externalAddresses: z.array(address).max(64).optional(),
  ports: z.array(z.object({
    name: z.string().max(63).optional(),
    protocol,
    port,
    nodePort: port.optional(),
    target: z.union([port, z.string().max(63)]).optional(),
  })).max(1_000),
  /** `externalTrafficPolicy` and `internalTrafficPolicy` are `Local`. */
  externalLocal: z.boolean().optional(),
  internalLocal: z.boolean().optional(),
  /** Endpoints count when they are not ready, too. */
  publishesNotReady: z.boolean().optional(),
  /** It has no selector: somebody else keeps its endpoints. */
  isUnselected: z.boolean().optional(),
  /** Since when it has this type, its addresses and each of these ports: what it lost since is not told. */
  sinceMs,
});

/** Some endpoints of a service. */
export const ClusterEndpoints = z.object({
  namespace: name,
  name,
  /** Of the same namespace. */
  service: name,
  /** Since when these are its endpoints; never told where there are none. */
  sinceMs,
  ports: z.array(z.object({
    name: z.string().max(63).optional(),
    protocol,
    /** Absent: every port. */
    port: port.optional(),
  })).max(1_000),
  endpoints: z.array(z.object({
    addresses: z.array(address).max(100),
    ready: z.boolean(),
    /** It still takes connections although it ends. */
    serving: z.boolean().optional(),
    terminating: z.boolean().optional(),
    node: name.optional(),
    pod: name.optional(),
  })).max(1_000),
});

/** Who may be the other end of what a policy allows. */
export const PolicyPeer = z.object({
  pods: Selector.optional(),
  namespaces: Selector.optional(),
  block: z.object({ cidr: z.string().max(80), except: z.array(z.string().max(80)).max(1_000) })
    .optional(),
});

/** What one rule of a policy allows: these peers at these ports; absent: all of them. */
export const PolicyRule = z.object({
  peers: z.array(PolicyPeer).max(1_000).optional(),
  ports: z.array(z.object({
    protocol,
    port: z.union([port, z.string().max(63)]).optional(),
    endPort: port.optional(),
  })).max(1_000).optional(),
});

/** A NetworkPolicy. */
export const ClusterPolicy = z.object({
  namespace: name,
  name,
  pods: Selector,
  /** The directions that it restricts: absent, it says nothing of that one. */
  ingress: z.array(PolicyRule).max(1_000).optional(),
  egress: z.array(PolicyRule).max(1_000).optional(),
});

/** A namespace of the cluster, for policies that select by its labels. */
export const ClusterNamespace = z.object({ name, labels: labels.optional() });

export type Selector = z.infer<typeof Selector>;
export type ClusterPod = z.infer<typeof ClusterPod>;
export type ClusterNode = z.infer<typeof ClusterNode>;
export type ClusterService = z.infer<typeof ClusterService>;
export type ClusterEndpoints = z.infer<typeof ClusterEndpoints>;
export type PolicyPeer = z.infer<typeof PolicyPeer>;
export type PolicyRule = z.infer<typeof PolicyRule>;
export type ClusterPolicy = z.infer<typeof ClusterPolicy>;
export type ClusterNamespace = z.infer<typeof ClusterNamespace>;
