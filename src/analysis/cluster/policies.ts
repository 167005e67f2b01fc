/** Which NetworkPolicies keep a packet from a pod, or a pod's packet from leaving. */
import type {
  ClusterPod,
  ClusterPolicy,
  PolicyPeer,
  PolicyRule,
  Selector,
} from "../../event/cluster/objects.ts";
import { fullMask, parseAddress } from "../../event/filter/address.ts";
import type { Cluster } from "./cluster.ts";
import type { Stretch } from "./history.ts";
import { PORT_PROTOCOLS } from "./port_protocols.ts";

/** The headers of a packet as it comes to its destination. */
export interface PolicyPacket {
  source: string;
  destination: string;
  /** IP protocol number. */
  protocol: number;
  /** Port number. */
  destinationPort?: number | undefined;
}

/** Policies that select a pod in a direction, and none of which allows the packet. */
export interface Denial {
  direction: "ingress" | "egress";
  /** `shop/web-0`: whose traffic is restricted. */
  pod: string;
  /** `shop/deny`, in the order of text. */
  policies: string[];
}

/** A question that was answered for certain, or could not be. */
type Sure = boolean | "unknown";

/**
 * What of the policies denies the packet: ingress of the pod at its destination, else egress of that at its
 * source. Undefined where none does, and where that can't be said for certain.
 */
export function denialOf(
  cluster: Cluster,
  packet: PolicyPacket,
  time: Stretch,
): Denial | undefined {
  if (!cluster.isWhole(["networkpolicies", "pods"], time)) return undefined;
  const ends = { source: podAt(cluster, packet.source, time) };
  const destination = podAt(cluster, packet.destination, time);
  return denied("ingress", destination, { pod: ends.source, address: packet.source }) ??
    denied("egress", ends.source, { pod: destination, address: packet.destination });

  function denied(
    direction: Denial["direction"],
    pod: ClusterPod | undefined,
    peer: Peer,
  ): Denial | undefined {
    if (!pod) return undefined;
    const policies = cluster.versions("networkpolicies", time);
    const own = policies.filter(({ object }) =>
      object.namespace === pod.namespace && object[direction] !== undefined &&
      selects(object.pods, pod.labels)
    );
    // One that came, went or changed meanwhile: which of them was in force is not known.
    if (own.length === 0 || own.some((one) => one.fromMs > time.fromMs || one.toMs < time.toMs)) {
      return undefined;
    }
    const question = { packet, named: destination, peer, pod, cluster, time };
    const answers = own.flatMap(({ object }) =>
      rulesOf(object, direction).map((rule) => allows(rule, question))
    );
    if (answers.some((answer) => answer !== false)) return undefined;
    const names = own.map(({ object }) => `${object.namespace}/${object.name}`);
    return { direction, pod: `${pod.namespace}/${pod.name}`, policies: [...new Set(names)].sort() };
  }
}

interface Peer {
  pod: ClusterPod | undefined;
  address: string;
}

interface Question {
  packet: PolicyPacket;
  /** The pod whose ports are named. */
  named: ClusterPod | undefined;
  peer: Peer;
  /** The pod that the policy is of. */
  pod: ClusterPod;
  cluster: Cluster;
  time: Stretch;
}

const rulesOf = (policy: ClusterPolicy, direction: Denial["direction"]) => policy[direction] ?? [];

/** The one pod that had the address all of the time, as it was then. */
function podAt(cluster: Cluster, address: string, time: Stretch): ClusterPod | undefined {
  const [first, ...others] = cluster.having("pods", address, time);
  const isAlways = first && first.fromMs <= time.fromMs && first.toMs >= time.toMs;
  return isAlways && others.length === 0 && !first.object.hostNetwork ? first.object : undefined;
}

function allows({ peers, ports }: PolicyRule, question: Question): Sure {
  const byPort = ports === undefined || ports.some((port) => isPort(port, question));
  if (!byPort) return false;
  if (peers === undefined) return true;
  const answers = peers.map((peer) => isPeer(peer, question));
  if (answers.includes(true)) return true;
  return answers.includes("unknown") ? "unknown" : false;
}

function isPort(
  { protocol, port, endPort }: NonNullable<PolicyRule["ports"]>[number],
  { packet, named }: Question,
): boolean {
  if (protocol !== PORT_PROTOCOLS[packet.protocol]) return false;
  if (port === undefined) return true;
  const asked = packet.destinationPort;
  if (asked === undefined) return false;
  if (typeof port === "number") return asked >= port && asked <= (endPort ?? port);
  return named?.ports?.some((one) =>
    one.name === port && one.protocol === protocol && one.port === asked
  ) === true;
}

function isPeer({ pods, namespaces, block }: PolicyPeer, question: Question): Sure {
  const { peer, pod, cluster, time } = question;
  if (block) return inBlock(block, peer.address);
  if (!peer.pod) return false;
  if (pods && !selects(pods, peer.pod.labels)) return false;
  if (!namespaces) return peer.pod.namespace === pod.namespace;
  if (isEmpty(namespaces)) return true;
  const { namespace } = peer.pod;
  const known = cluster.versions("namespaces", time).filter(({ object }) =>
    object.name === namespace
  );
  if (known.length === 0) return "unknown";
  return known.some(({ object }) => selects(namespaces, object.labels));
}

function inBlock({ cidr, except }: NonNullable<PolicyPeer["block"]>, address: string): Sure {
  const inside = inNetwork(cidr, address);
  if (inside !== true) return inside;
  const answers = except.map((one) => inNetwork(one, address));
  if (answers.includes(true)) return false;
  return answers.includes("unknown") ? "unknown" : true;
}

function inNetwork(cidr: string, text: string): Sure {
  const [network = "", length = ""] = cidr.split("/");
  const base = parseAddress(network);
  const address = parseAddress(text);
  if (base === null || address === null || !/^\d{1,3}$/.test(length)) return "unknown";
  if (base.version !== address.version) return false;
  const free = BigInt(Math.max(0, (base.version === 4 ? 32 : 128) - Number(length)));
  const mask = fullMask(base.version) >> free << free;
  return (base.bits & mask) === (address.bits & mask);
}

const isEmpty = ({ labels = {}, expressions = [] }: Selector) =>
  Object.keys(labels).length === 0 && expressions.length === 0;

/** Whether labels are those that are asked for. An operator of a later Kubernetes selects nothing. */
function selects(
  { labels = {}, expressions = [] }: Selector,
  own: ClusterPod["labels"] = {},
): boolean {
  const has = (key: string) => Object.hasOwn(own, key);
  const isAll = Object.entries(labels).every(([key, value]) => has(key) && own[key] === value);
  return isAll && expressions.every(({ key, operator, values = [] }) => {
    switch (operator) {
      case "In":
        return has(key) && values.includes(own[key]!);
      case "NotIn":
        return !has(key) || !values.includes(own[key]!);
      case "Exists":
        return has(key);
      case "DoesNotExist":
        return !has(key);
      default:
        return false;
    }
  });
}
