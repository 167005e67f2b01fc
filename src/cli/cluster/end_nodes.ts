/** On which nodes of a cluster the ends of a filter are, as its API tells. */
import type { ClusterPod } from "../../event/cluster/objects.ts";
import type { ClusterState } from "../../event/cluster/state.ts";
import type { ReportTerm } from "../../event/filter/ast.ts";
import {
  meansPlace,
  type NamedFilter,
  parseNamedFilter,
  placeOfEndpoints,
  placeOfNode,
  placeOfPod,
  placeOfService,
} from "../../event/filter/mod.ts";
import { ClusterKnown } from "../../kube/known.ts";

/** What one name stands for. */
interface NamedEnd {
  /** Nodes on which it is now. */
  nodes: Set<string>;
  /** What tells it from another end. */
  keys: Set<string>;
}

/** The nodes of both ends of every packet that the filter means, as they come and go. */
export class EndNodes {
  readonly #known = new ClusterKnown();
  readonly #names: ReportTerm[];

  /** Throws LasthopError `filter_malformed`. */
  constructor(filter: string) {
    this.#names = namesOfAll(parseNamedFilter(filter));
  }

  take(line: ClusterState): void {
    this.#known.take(line);
  }

  /**
   * Null where an end may be anywhere: the filter does not name both of them, each as what the API has the
   * nodes of, or not all is known now.
   */
  get nodes(): ReadonlySet<string> | null {
    const ends = this.#names.map((name) => this.#endOf(name));
    if (ends.some((end) => end === null)) return null;
    const sure = ends as NamedEnd[];
    // A packet has two ends: where one name is not the other's, it is between them.
    const areTwo = sure.some((one, i) =>
      sure.slice(i + 1).some((other) => one.keys.isDisjointFrom(other.keys))
    );
    return areTwo ? new Set(sure.flatMap(({ nodes }) => [...nodes])) : null;
  }

  #endOf(name: ReportTerm): NamedEnd | null {
    const all = {
      pods: this.#known.all("pods"),
      nodes: this.#known.all("nodes"),
      services: this.#known.all("services"),
      slices: this.#known.all("endpointslices"),
    };
    const { pods, nodes, services, slices } = all;
    if (pods === null || nodes === null || services === null || slices === null) return null;
    const end: NamedEnd = { nodes: new Set(), keys: new Set() };
    const add = (node: string, ...keys: readonly string[]) => {
      end.nodes.add(node);
      for (const key of keys) end.keys.add(key);
    };
    for (const node of nodes) {
      if (meansPlace(name, placeOfNode(node))) add(node.name, ...node.addresses);
    }
    for (const pod of pods) {
      const isMeant = meansPlace(name, placeOfPod(pod));
      if (isMeant && pod.node !== undefined) add(pod.node, ...pod.addresses);
    }
    for (const service of services) {
      if (!meansPlace(name, placeOfService(service))) continue;
      // It is a name for what lies outside.
      if (service.type === "ExternalName") return null;
      for (const address of service.clusterAddresses) end.keys.add(address);
    }
    for (const slice of slices) {
      if (!meansPlace(name, placeOfEndpoints(slice))) continue;
      for (const { addresses, node } of slice.endpoints) {
        for (const address of addresses) {
          const there = node ?? nodeOf(address, pods);
          if (there === undefined) return null;
          add(there, address);
        }
      }
    }
    return end.keys.size === 0 ? null : end;
  }
}

const nodeOf = (address: string, pods: readonly ClusterPod[]): string | undefined =>
  pods.find(({ addresses }) => addresses.includes(address))?.node;

/** Names that every packet of the filter has at an end. */
function namesOfAll(filter: NamedFilter): ReportTerm[] {
  if (filter.kind === "and") return filter.nodes.flatMap(namesOfAll);
  return filter.kind === "report" ? [filter] : [];
}
