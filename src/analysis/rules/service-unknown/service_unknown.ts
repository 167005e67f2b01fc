/** An address that no service of the cluster has. */
import { endPoint } from "../../../event/end_point.ts";
import type { Cause } from "../../../event/report.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { serviceName } from "../../cluster/names.ts";
import { portOf, serviceAt, serviceRange } from "../../cluster/services.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { trafficControlSide } from "../../kernel/queues.ts";
import { saysXdp } from "../../kernel/xdp.ts";
import { rfc3339 } from "../../view/rfc3339.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import {
  serviceAddress,
  serviceUntranslated,
} from "../service-without-endpoint/service_address.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";

/** It was sent on as it is: translated by nobody, refused by no rule. */
export function wentOnUntranslated(subject: Case): boolean {
  const { event, judgement } = subject;
  if (event.tunnelKind !== undefined || serviceAddress(subject)) return false;
  if (judgement.outcome === "delivered" || judgement.end.kind === "silent") return false;
  // Where its translation may have been missed nothing says that there was none.
  if (judgement.outcome === "unknown" && !judgement.beyond) return false;
  // What dies before netfilter is asked at all was not there to be translated yet.
  if (trafficControlSide(event) !== null || saysXdp(event)) return false;
  return !isNetfilterDrop(event) && event.destination !== undefined;
}

const KINDS = ["services", "endpointslices", "pods", "nodes"] as const;

/** No service of the cluster has the address, or the port. */
export const serviceUnknown: Rule = {
  id: "R103",
  title: "A service that does not exist",
  statement:
    "`service-unknown`. The packet was translated by nobody and came to no good, no probed " +
    "node has its destination, the API of the cluster told all services, endpoints, pods and nodes " +
    "of that time, and none of them has the address: a service had it before and was deleted " +
    "(proven), or it lies in the smallest network that has the addresses of all services (likely). Or " +
    "one service has the address and nobody else, and not the port (likely). Says nothing outside of " +
    "that network, with fewer than two services, of an address that rules translate for others (R51), " +
    "and of what a firewall refused. What could look like it: another " +
    "network with the same addresses, behind a router nobody watches; hence `likely`.",
  yields: ["service-unknown"],
  judge(subject) {
    const told = clusterAt(subject);
    if (!told || !wentOnUntranslated(subject)) return null;
    const { cluster, time } = told;
    const { destination } = subject.event;
    if (ownersOf(subject.world.nodes, destination!).length > 0) return null;
    if (!cluster.isWhole(KINDS, time)) return null;
    const isHadBy = (kind: typeof KINDS[number]) =>
      cluster.having(kind, destination!, time).length > 0;
    // A service may have a node's address as an external one: what else listens there is not its.
    if (isHadBy("endpointslices") || isHadBy("pods") || isHadBy("nodes")) return null;
    const judge = isHadBy("services") ? portUnknown : addressUnknown;
    return judge(subject, cluster, time);
  },
};

function addressUnknown(
  subject: Case,
  cluster: Cluster,
  time: Stretch,
): Omit<Cause, "rule"> | null {
  const address = subject.event.destination!;
  // A rule translates it for others, so it may be somebody's whom the cluster does not know.
  if (serviceUntranslated.judge(subject) !== null) return null;
  const before = cluster.having("services", address, { fromMs: -Infinity, toMs: time.fromMs })
    .at(-1);
  const range = serviceRange(cluster, address, time);
  if (!before && range === undefined) return null;
  const why = before
    ? `${serviceName(before.object)} had it until ${rfc3339(before.toMs)}, when it was deleted`
    : `which lies among those of its services (${range})`;
  const whose = before ? `any more: ${why}` : `, ${why}`;
  return cause(
    "service-unknown",
    before ? "proven" : "likely",
    `no service of ${cluster.name} has the address ${address}${
      before ? " " : ""
    }${whose}; so no rule translated the packet, and it went on as it was, to ${place(subject)}`,
    [
      eventEvidence(subject),
      clusterEvidence(cluster, `all services were known, none has ${address}; ${why}`),
    ],
  );
}

function portUnknown(subject: Case, cluster: Cluster, time: Stretch): Omit<Cause, "rule"> | null {
  const { destination, protocol, destinationPort } = subject.event;
  const service = serviceAt(cluster, destination!, time);
  if (!service || destinationPort === undefined || service.ports.length === 0) return null;
  if (portOf(service, protocol, destinationPort)) return null;
  const ports = service.ports.slice(0, 8)
    .map((one) => `${one.protocol.toLowerCase()} ${one.port}`).join(", ");
  return cause(
    "service-unknown",
    "likely",
    `${serviceName(service)} has the address ${destination}, but not the port of ${
      endPoint(destination!, destinationPort)
    }: it has ${ports}; so no rule translated the packet, and it went on as it was, to ${
      place(subject)
    }`,
    [
      eventEvidence(subject),
      clusterEvidence(cluster, `${serviceName(service)}: ${destination}, ports ${ports}`),
    ],
  );
}
