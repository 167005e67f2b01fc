/** Who has an address, as a cluster's API told it. */
import type { ClusterService } from "../../event/cluster/objects.ts";
import { BY_NODE } from "../../event/names.ts";
import type { Stretch } from "./history.ts";
import type { Cluster } from "./cluster.ts";
import { type AskedPort, nodePortAt } from "./node_ports.ts";

/** `service shop/payments`, as sentences and ends name it. */
export const serviceName = ({ namespace, name }: Pick<ClusterService, "namespace" | "name">) =>
  `service ${namespace}/${name}`;

/**
 * Who had the address then: `service shop/payments`, `pod shop/web-0`, `node worker`. Undefined when nobody
 * that was told of had it, or two had it, at once or one after the other.
 */
export function nameOf(cluster: Cluster, address: string, time: Stretch): string | undefined {
  const services = cluster.having("services", address, time)
    .map(({ object }) => serviceName(object));
  const pods = cluster.having("pods", address, time)
    .filter(({ object }) => !object.hostNetwork && !isOver(object.phase))
    .map(({ object: { namespace, name } }) => `pod ${namespace}/${name}`);
  const nodes = cluster.having("nodes", address, time).map(({ object }) => `node ${object.name}`);
  const [name, ...others] = new Set([...services, ...pods, ...nodes]);
  return others.length === 0 ? name : undefined;
}

/** `service shop/payments by node worker`: who is meant by a port of a node. */
export function nodePortName(
  cluster: Cluster,
  asked: AskedPort,
  time: Stretch,
): string | undefined {
  const found = nodePortAt(cluster, asked, time);
  return found && `${serviceName(found.service)}${BY_NODE}${found.node.name}`;
}

/** A pod that has ended keeps its address in the API, although another may have got it. */
const isOver = (phase: string | undefined) => phase === "Succeeded" || phase === "Failed";
