/** Endpoints of a service, as sentences name them. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import type { KnownEndpoint } from "../../cluster/services.ts";

const SHOWN_MAX = 4;

/** Whose they are, and when they are known by whom. */
export interface EndpointsKnown {
  namespace: string;
  cluster: Cluster;
  time: Stretch;
  /** Their nodes are told, too. */
  withNodes?: boolean;
}

/** `10.244.2.4 (pod shop/web-0, Pending), 10.244.2.5 and 3 more`. */
export function endpointWords(endpoints: readonly KnownEndpoint[], known: EndpointsKnown): string {
  const more = endpoints.length - SHOWN_MAX;
  return endpoints.slice(0, SHOWN_MAX).map((one) => wordsOf(one, known)).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}

function wordsOf(endpoint: KnownEndpoint, known: EndpointsKnown): string {
  const { address, node, pod } = endpoint;
  const about = [
    ...(pod === undefined ? [] : [`pod ${known.namespace}/${pod}`]),
    ...(isPending(endpoint, known) ? ["Pending"] : []),
    ...(isOnLostNode(endpoint, known) ? [`node ${node} is not ready`] : []),
  ];
  return address + (about.length === 0 ? "" : ` (${about.join(", ")})`) +
    (known.withNodes && node !== undefined ? ` on ${node}` : "");
}

/** Its node was not ready all of the time: the cluster calls what is on such a node not ready, too. */
function isOnLostNode({ node, isUsed }: KnownEndpoint, { cluster, time }: EndpointsKnown): boolean {
  if (isUsed || node === undefined) return false;
  const versions = cluster.versions("nodes", time).filter(({ object }) => object.name === node);
  return versions.length > 0 && versions.every(({ object }) => object.ready === false);
}

/** It waits for its node, its images or its init containers; one that runs is not ready for reasons of its own. */
function isPending(
  { address, pod, isUsed }: KnownEndpoint,
  { namespace, cluster, time }: EndpointsKnown,
): boolean {
  return !isUsed &&
    cluster.having("pods", address, time).some(({ object }) =>
      object.namespace === namespace && object.name === pod && object.phase === "Pending"
    );
}
