/** Where the API has each kind of objects, which of its versions this one speaks found out by asking. */
import { z } from "zod";
import { CLUSTER_RESOURCES, type ClusterResource } from "../event/cluster/state.ts";
import { type KubeApi, KubeError } from "./api.ts";

/** Group and versions of each kind, the one that is wanted first; "" is the core group's. */
const GROUPS: Record<ClusterResource, { group: string; versions: readonly string[] }> = {
  pods: { group: "", versions: ["v1"] },
  nodes: { group: "", versions: ["v1"] },
  services: { group: "", versions: ["v1"] },
  namespaces: { group: "", versions: ["v1"] },
  endpointslices: { group: "discovery.k8s.io", versions: ["v1", "v1beta1"] },
  networkpolicies: { group: "networking.k8s.io", versions: ["v1"] },
};

const Groups = z.object({
  groups: z.array(z.object({
    name: z.string(),
    versions: z.array(z.object({ version: z.string() })),
  })),
});

/** A kind of objects, and the path that lists it. */
export interface ResourcePath {
  resource: ClusterResource;
  path: string;
}

/** The paths of all kinds that this API has. Rejects as `KubeApi.json` does. */
export async function discover(api: KubeApi, signal: AbortSignal): Promise<ResourcePath[]> {
  const answer = Groups.safeParse(await api.json("/apis", { signal }));
  if (!answer.success) throw new KubeError(0, "/apis: is no list of API groups");
  const { groups } = answer.data;
  return CLUSTER_RESOURCES.flatMap((resource) => {
    const { group, versions } = GROUPS[resource];
    if (group === "") return [{ resource, path: `/api/v1/${resource}` }];
    const known = groups.find(({ name }) => name === group)?.versions.map((one) => one.version);
    const version = versions.find((one) => known?.includes(one));
    return version === undefined
      ? []
      : [{ resource, path: `/apis/${group}/${version}/${resource}` }];
  });
}
