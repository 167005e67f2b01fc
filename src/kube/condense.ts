/** Objects as the API has them to what of them is kept. */
import { z } from "zod";
import {
  ClusterEndpoints,
  ClusterNamespace,
  ClusterNode,
  ClusterPod,
  ClusterService,
} from "../event/cluster/objects.ts";
import type { ClusterObject, ClusterResource } from "../event/cluster/state.ts";
import type { RawObject } from "./follow.ts";
import { policy, RawPolicy } from "./policy.ts";
import { flag, Labels, Metadata, Port, some, text } from "./raw.ts";
import type { ServerClock } from "./server_clock.ts";
import { madeMs, setSinceMs } from "./since.ts";

const Conditions = z.array(z.object({ type: z.string(), status: z.string() })).nullish();

const RawPod = z.object({
  metadata: Metadata,
  spec: z.object({
    nodeName: text,
    hostNetwork: flag,
    containers: z.array(z.object({
      ports: z.array(z.object({ name: text, containerPort: z.number(), protocol: text })).nullish(),
    })).nullish(),
  }),
  status: z.object({
    phase: text,
    podIP: text,
    podIPs: z.array(z.object({ ip: z.string() })).nullish(),
    conditions: Conditions,
  }).nullish(),
});

const RawNode = z.object({
  metadata: Metadata,
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).nullish(),
    conditions: Conditions,
  }).nullish(),
});

const RawService = z.object({
  metadata: Metadata,
  spec: z.object({
    type: text,
    clusterIP: text,
    clusterIPs: z.array(z.string()).nullish(),
    externalIPs: z.array(z.string()).nullish(),
    ports: z.array(z.object({
      name: text,
      protocol: text,
      port: z.number(),
      nodePort: z.number().nullish(),
      targetPort: Port,
    })).nullish(),
    externalTrafficPolicy: text,
    internalTrafficPolicy: text,
    publishNotReadyAddresses: flag,
    selector: Labels,
  }),
  status: z.object({
    loadBalancer: z.object({ ingress: z.array(z.object({ ip: text })).nullish() }).nullish(),
  }).nullish(),
});

const RawEndpointSlice = z.object({
  metadata: Metadata,
  ports: z.array(z.object({ name: text, protocol: text, port: z.number().nullish() })).nullish(),
  endpoints: z.array(z.object({
    addresses: z.array(z.string()).nullish(),
    conditions: z.object({ ready: flag, serving: flag, terminating: flag }).nullish(),
    nodeName: text,
    /** v1beta1 has the node's name here. */
    topology: Labels,
    targetRef: z.object({ kind: text, name: text }).nullish(),
  })).nullish(),
});

const RawNamespace = z.object({ metadata: Metadata });

/** By kind, what of an object is kept; null for what says nothing here. */
const CONDENSED: {
  [R in ClusterResource]: (raw: RawObject, clock?: ServerClock) => ClusterObject<R> | null;
} = {
  pods: (raw) => pod(RawPod.parse(raw)),
  nodes: (raw, clock) => node(RawNode.parse(raw), clock),
  services: (raw, clock) => service(RawService.parse(raw), clock),
  endpointslices: (raw, clock) => endpoints(RawEndpointSlice.parse(raw), clock),
  networkpolicies: (raw) => policy(RawPolicy.parse(raw)),
  namespaces: (raw) => namespace(RawNamespace.parse(raw)),
};

/**
 * What of an object is kept; null for one that says nothing here, undefined for one that can't be
 * understood or kept: too long, or not as its kind is. Since when it is so is told where the server's
 * clock is known. Throws only for a fault of this code.
 */
export function condensed<R extends ClusterResource>(
  resource: R,
  raw: RawObject,
  clock?: ServerClock,
): ClusterObject<R> | null | undefined {
  try {
    return CONDENSED[resource](raw, clock) as ClusterObject<R> | null;
  } catch (error) {
    if (error instanceof z.ZodError) return undefined;
    throw error;
  }
}

const isReady = (conditions: z.infer<typeof Conditions>): boolean | undefined => {
  const ready = conditions?.find(({ type }) => type === "Ready");
  return ready && ready.status === "True";
};

function pod({ metadata, spec, status }: z.infer<typeof RawPod>): ClusterPod {
  const addresses = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : []);
  const ports = (spec.containers ?? []).flatMap(({ ports }) => ports ?? [])
    .flatMap(({ name, containerPort, protocol }) =>
      name ? [{ name, port: containerPort, protocol: protocol ?? "TCP" }] : []
    );
  return ClusterPod.parse({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    addresses,
    ...some({
      uid: metadata.uid,
      node: spec.nodeName,
      hostNetwork: spec.hostNetwork || undefined,
      phase: status?.phase,
      ready: isReady(status?.conditions),
      labels: metadata.labels,
      owner: ownerOf(metadata),
      ports: ports.length === 0 ? undefined : ports,
    }),
  });
}

/** A Deployment's pods are its ReplicaSet's, which has its name and the hash of the template. */
function ownerOf({ ownerReferences, labels }: z.infer<typeof Metadata>): ClusterPod["owner"] {
  const owner = ownerReferences?.find(({ controller }) => controller) ?? ownerReferences?.[0];
  if (!owner) return undefined;
  const { kind, name } = owner;
  const end = `-${labels?.["pod-template-hash"]}`;
  if (kind === "ReplicaSet" && name.endsWith(end) && name.length > end.length) {
    return { kind: "Deployment", name: name.slice(0, -end.length) };
  }
  return { kind, name };
}

function node(
  { metadata, status }: z.infer<typeof RawNode>,
  clock: ServerClock | undefined,
): ClusterNode {
  const addresses = (status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
    .map(({ address }) => address);
  return ClusterNode.parse({
    name: metadata.name,
    addresses,
    ...some({ ready: isReady(status?.conditions), sinceMs: madeMs(metadata, clock) }),
  });
}

function service(
  { metadata, spec, status }: z.infer<typeof RawService>,
  clock: ServerClock | undefined,
): ClusterService {
  const own = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  const balancer = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  const external = [...spec.externalIPs ?? [], ...balancer];
  return ClusterService.parse({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    type: spec.type ?? "ClusterIP",
    clusterAddresses: own.filter((address) => address !== "None" && address !== ""),
    ports: (spec.ports ?? []).map(({ name, protocol, port, nodePort, targetPort }) => ({
      protocol: protocol ?? "TCP",
      port,
      ...some({ name: name || undefined, nodePort: nodePort || undefined, target: targetPort }),
    })),
    ...some({
      externalAddresses: external.length === 0 ? undefined : external,
      externalLocal: spec.externalTrafficPolicy === "Local" || undefined,
      internalLocal: spec.internalTrafficPolicy === "Local" || undefined,
      publishesNotReady: spec.publishNotReadyAddresses || undefined,
      isUnselected: Object.keys(spec.selector ?? {}).length === 0 || undefined,
      sinceMs: setSinceMs(metadata, ["f:spec", "f:ports"], clock),
    }),
  });
}

/** Slices of no service are of nobody that is asked for. */
function endpoints(
  raw: z.infer<typeof RawEndpointSlice>,
  clock: ServerClock | undefined,
): ClusterEndpoints | null {
  const { metadata } = raw;
  const service = metadata.labels?.["kubernetes.io/service-name"];
  if (!service) return null;
  return ClusterEndpoints.parse({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    service,
    // When the last endpoint went is not noted, since there is no field then.
    ...some({
      sinceMs: raw.endpoints?.length ? setSinceMs(metadata, ["f:endpoints"], clock) : undefined,
    }),
    ports: (raw.ports ?? []).map(({ name, protocol, port }) => ({
      protocol: protocol ?? "TCP",
      ...some({ name: name || undefined, port }),
    })),
    endpoints: (raw.endpoints ?? []).map((
      { addresses, conditions, nodeName, topology, targetRef },
    ) => ({
      addresses: addresses ?? [],
      // The API says that one which does not say is ready.
      ready: conditions?.ready ?? true,
      ...some({
        serving: conditions?.serving,
        terminating: conditions?.terminating,
        node: nodeName ?? topology?.["kubernetes.io/hostname"],
        pod: targetRef?.kind === "Pod" ? targetRef.name : undefined,
      }),
    })),
  });
}

function namespace({ metadata }: z.infer<typeof RawNamespace>): ClusterNamespace {
  return ClusterNamespace.parse({ name: metadata.name, ...some({ labels: metadata.labels }) });
}
