/** What a filter can name, of the lines that a reader of a cluster told. */
import {
  type NamedPlace,
  placeOfEndpoints,
  placeOfNode,
  placeOfPod,
  placeOfService,
} from "../event/filter/mod.ts";
import type { ClusterState } from "../event/cluster/state.ts";

/** The pods, nodes and services of a line. */
export function placesOf(line: ClusterState): NamedPlace[] {
  switch (line.resource) {
    case "pods":
      return line.objects.map(placeOfPod);
    case "nodes":
      return line.objects.map(placeOfNode);
    case "services":
      return line.objects.map(placeOfService);
    case "endpointslices":
      return line.objects.map(placeOfEndpoints);
    default:
      return [];
  }
}
