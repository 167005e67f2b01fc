/** Services of a cluster: which one an address and port are of, where it leads, which addresses are services'. */
import type { ClusterEndpoints, ClusterService } from "../../event/cluster/objects.ts";
import { formatAddress, parseAddress } from "../../event/filter/address.ts";
import type { Cluster } from "./cluster.ts";
import { isAlways, type Stretch, type Version } from "./history.ts";
import { PORT_PROTOCOLS } from "./port_protocols.ts";

/** The one service that had the address all of the time, and was the same; undefined where there is none. */
export function serviceAt(
  cluster: Cluster,
  address: string,
  time: Stretch,
): ClusterService | undefined {
  const [first, ...others] = cluster.having("services", address, time);
  const isAlways = first && first.fromMs <= time.fromMs && first.toMs >= time.toMs;
  return isAlways && others.length === 0 ? first.object : undefined;
}

/** The port of a service that a packet asks for. */
export function portOf(
  { ports }: ClusterService,
  protocol: number | undefined,
  port: number | undefined,
): ClusterService["ports"][number] | undefined {
  return ports.find((one) => one.port === port && one.protocol === PORT_PROTOCOLS[protocol ?? -1]);
}

/** An endpoint that was told of. */
export interface KnownEndpoint {
  address: string;
  /** Packets are sent to it: it is ready, or still serves while it ends. */
  isUsed: boolean;
  node?: string;
  /** The pod behind it, of the service's namespace. */
  pod?: string;
}

/** All endpoints that a service may have had at a time, each as good as it ever was then. */
export function endpointsOf(
  cluster: Cluster,
  { namespace, name, publishesNotReady = false }: ClusterService,
  time: Stretch,
): KnownEndpoint[] {
  const found = new Map<string, KnownEndpoint>();
  for (const { object } of cluster.versions("endpointslices", time)) {
    if (object.service !== name || object.namespace !== namespace) continue;
    for (const endpoint of object.endpoints) {
      const { addresses, node, pod } = endpoint;
      for (const address of addresses) {
        const before = found.get(address);
        found.set(address, {
          address,
          isUsed: isUsed(endpoint, publishesNotReady) || before?.isUsed === true,
          ...(node === undefined ? {} : { node }),
          ...(pod === undefined ? {} : { pod }),
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.address < b.address ? -1 : 1);
}

/**
 * Slices of the service, one of which had an endpoint that packets are sent to all of the time: its versions.
 * Undefined where there is no such slice, also where endpoints of several took turns.
 */
export function servedAllAlong(
  cluster: Cluster,
  { namespace, name, publishesNotReady = false }: ClusterService,
  time: Stretch,
): Version<"endpointslices">[] | undefined {
  const own = cluster.versions("endpointslices", time).filter(({ object }) =>
    object.service === name && object.namespace === namespace &&
    object.endpoints.some((one) => one.addresses.length > 0 && isUsed(one, publishesNotReady))
  );
  const bySlice = Map.groupBy(own, ({ object }) => object.name);
  return [...bySlice.values()].find((versions) => isAlways(versions, time));
}

const isUsed = (
  { ready, serving, terminating }: ClusterEndpoints["endpoints"][number],
  publishesNotReady: boolean,
) => ready || publishesNotReady || (serving === true && terminating === true);

/** Shorter prefixes than these are of no one range: services are given addresses out of two, then. */
const PREFIX_MIN = { 4: 8, 6: 48 };

/**
 * The smallest network that has the addresses of all services of a family, when it has this one. Services
 * get their addresses out of one range, so what lies between two of them is a service's or nobody's.
 * Undefined for an address outside, and for fewer than two services.
 */
export function serviceRange(
  cluster: Cluster,
  address: string,
  time: Stretch,
): string | undefined {
  const wanted = parseAddress(address);
  if (wanted === null) return undefined;
  const known = cluster.versions("services", time)
    .flatMap(({ object }) => object.clusterAddresses.flatMap((one) => parseAddress(one) ?? []))
    .filter(({ version }) => version === wanted.version)
    .map(({ bits }) => bits);
  if (known.length < 2) return undefined;
  const low = known.reduce((a, b) => a < b ? a : b);
  const high = known.reduce((a, b) => a > b ? a : b);
  const size = wanted.version === 4 ? 32 : 128;
  const free = BigInt((low ^ high).toString(2).length);
  const prefix = size - Number(free);
  if (prefix < PREFIX_MIN[wanted.version] || wanted.bits >> free !== low >> free) return undefined;
  const network = formatAddress({ version: wanted.version, bits: (low >> free) << free });
  return `${network}/${prefix}`;
}
