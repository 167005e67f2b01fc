/** Which service of the cluster a packet asked for, and on which of its nodes it was asked for. */
import type { ClusterNode, ClusterService } from "../../../event/cluster/objects.ts";
import { endPoint } from "../../../event/end_point.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { serviceName } from "../../cluster/names.ts";
import { nodePortAt } from "../../cluster/node_ports.ts";
import { PORT_PROTOCOLS } from "../../cluster/port_protocols.ts";
import { portOf, serviceAt } from "../../cluster/services.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** A service as a packet asked for it. */
export interface AskedService {
  service: ClusterService;
  /** `service shop/web (10.96.0.9:80)`. */
  text: string;
  /** Only endpoints on the node that is asked count. */
  isLocal: boolean;
  /** The field that says so. */
  policy: "externalTrafficPolicy" | "internalTrafficPolicy";
  /** It was asked for by a port of a node. */
  isNodePort: boolean;
  /** The node of the cluster that was asked: of that port, or where the packet ended. */
  node: string | undefined;
  /** Objects that told so. */
  restsOn: readonly (ClusterService | ClusterNode)[];
}

/** The one service that has the packet's destination and port, or whose node port it is. */
export function askedService(
  subject: Case,
  cluster: Cluster,
  time: Stretch,
): AskedService | undefined {
  const { destination: address, destinationPort: port, protocol } = subject.event;
  if (address === undefined) return undefined;
  const at = endPoint(address, port);
  const service = serviceAt(cluster, address, time);
  if (service) {
    if (!portOf(service, protocol, port)) return undefined;
    const isInternal = service.clusterAddresses.includes(address);
    return {
      service,
      text: `${serviceName(service)} (${at})`,
      isLocal: (isInternal ? service.internalLocal : service.externalLocal) === true,
      policy: isInternal ? "internalTrafficPolicy" : "externalTrafficPolicy",
      isNodePort: false,
      node: clusterNodeOf(subject.node, cluster, time)?.name,
      restsOn: [service],
    };
  }
  const name = PORT_PROTOCOLS[protocol ?? -1];
  const found = nodePortAt(cluster, { address, port, protocol: name }, time);
  return found && {
    service: found.service,
    text: `${serviceName(found.service)} (port ${port} of node ${found.node.name})`,
    isLocal: found.service.externalLocal === true,
    policy: "externalTrafficPolicy",
    isNodePort: true,
    node: found.node.name,
    restsOn: [found.service, found.node],
  };
}

/** The one node of the cluster that has an address of a probed node; undefined: it is none, or not one. */
export function clusterNodeOf(
  node: NodeView,
  cluster: Cluster,
  time: Stretch,
): ClusterNode | undefined {
  const own = cluster.versions("nodes", time).filter(({ object: { addresses } }) =>
    addresses.some((address) => ownersOf([node], address).length > 0)
  );
  const names = new Set(own.map(({ object }) => object.name));
  return names.size === 1 ? own.at(-1)!.object : undefined;
}
