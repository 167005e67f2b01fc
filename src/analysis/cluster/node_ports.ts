/** Node ports: which service a port of a node leads to, whatever the address of the node. */
import type { ClusterNode, ClusterService } from "../../event/cluster/objects.ts";
import { type Cluster, nodePortKey } from "./cluster.ts";
import { isAlways, type Stretch } from "./history.ts";

/** What a packet asks for. */
export interface AskedPort {
  address: string;
  /** `TCP`, as the API spells it. */
  protocol: string | undefined;
  port: number | undefined;
}

/** A service that is asked for by a port of a node. */
export interface NodePort {
  service: ClusterService;
  node: ClusterNode;
}

/**
 * The one service that had the node port all of the time and was the same, and the one node that had the
 * address all of the time. Undefined where one of them is missing, is another's as well, or came meanwhile.
 */
export function nodePortAt(
  cluster: Cluster,
  { address, protocol, port }: AskedPort,
  time: Stretch,
): NodePort | undefined {
  if (protocol === undefined || port === undefined) return undefined;
  const [service, ...others] = cluster.having("services", nodePortKey(protocol, port), time);
  if (!service || others.length > 0 || !isAlways([service], time)) return undefined;
  // Somebody's own address leads to where that one's rules lead.
  if (cluster.having("services", address, time).length > 0) return undefined;
  const nodes = cluster.having("nodes", address, time);
  const names = new Set(nodes.map(({ object }) => object.name));
  if (names.size !== 1 || !isAlways(nodes, time)) return undefined;
  return { service: service.object, node: nodes.at(-1)!.object };
}
