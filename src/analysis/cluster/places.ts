/** What a filter can name of a cluster, as it was at any time. */
import {
  type NamedPlace,
  placeOfEndpoints,
  placeOfNode,
  placeOfPod,
  placeOfService,
} from "../../event/filter/mod.ts";
import type { Cluster } from "./cluster.ts";

const ALWAYS = { fromMs: -Infinity, toMs: Infinity };

/** Pods, nodes and services, those that went, too. */
export function clusterPlaces(cluster: Cluster): NamedPlace[] {
  return [
    ...cluster.versions("pods", ALWAYS).map(({ object }) => placeOfPod(object)),
    ...cluster.versions("nodes", ALWAYS).map(({ object }) => placeOfNode(object)),
    ...cluster.versions("services", ALWAYS).map(({ object }) => placeOfService(object)),
    ...cluster.versions("endpointslices", ALWAYS).map(({ object }) => placeOfEndpoints(object)),
  ];
}
