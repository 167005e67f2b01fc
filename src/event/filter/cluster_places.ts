/** What a filter can name of what a cluster's API told. Pure. */
import type {
  ClusterEndpoints,
  ClusterNode,
  ClusterPod,
  ClusterService,
} from "../cluster/objects.ts";
import type { NamedPlace } from "./resolve.ts";

const nowhere = { netns: [], own: false };

/** A pod by its name and its Deployment. One of the node's own network has none of its own. */
export const placeOfPod = (
  { namespace, name, node = "", hostNetwork, addresses, owner }: ClusterPod,
): NamedPlace => ({
  ...nowhere,
  node,
  pod: `${namespace}/${name}`,
  ...(owner?.kind === "Deployment" ? { deployment: `${namespace}/${owner.name}` } : {}),
  addresses: hostNetwork ? [] : addresses,
});

/** A node by its name. */
export const placeOfNode = ({ name, addresses }: ClusterNode): NamedPlace => ({
  ...{ netns: [], own: true, node: name },
  addresses,
});

/** A service by its own addresses. */
export const placeOfService = (
  { namespace, name, clusterAddresses, externalAddresses = [] }: ClusterService,
): NamedPlace => ({
  ...nowhere,
  node: "",
  service: `${namespace}/${name}`,
  addresses: [...clusterAddresses, ...externalAddresses],
});

/** A service by where it leads: a node that doesn't translate it sees nothing else of its packets. */
export const placeOfEndpoints = (
  { namespace, service, endpoints }: ClusterEndpoints,
): NamedPlace => ({
  ...nowhere,
  node: "",
  service: `${namespace}/${service}`,
  addresses: endpoints.flatMap(({ addresses }) => addresses),
});
