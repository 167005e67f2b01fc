/** Rules of a node that lead to what is no endpoint of the service any more. */
import { endPoint } from "../../../event/end_point.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { serviceName } from "../../cluster/names.ts";
import { endpointsOf, portOf, serviceAt } from "../../cluster/services.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { serviceAddress } from "../service-without-endpoint/service_address.ts";
import { translatedAt, translatedBy } from "../service-without-endpoint/translated_by.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { endpointWords } from "../shared/endpoint_words.ts";
import { writtenBy } from "../shared/written.ts";

/** The node's rules are older than the endpoints. */
export const rulesStale: Rule = {
  id: "R105",
  title: "Rules older than the service's endpoints",
  statement:
    "`service-rules-stale`. The packet was translated and came to no good, a rule as read " +
    "where it was translated makes this translation, one service of the cluster has the address and " +
    "port it was sent to, and of all endpoints that the API told from ten seconds before on, ready or " +
    "not, none is what it was translated to. Or of all that it told from three seconds before on, where " +
    "the rule was read again after ten seconds of it. Says nothing where only connection tracking remembers the " +
    "translation, of services without a selector (somebody else keeps their endpoints), and where the " +
    "endpoints of that time are not known whole.",
  yields: ["service-rules-stale"],
  judge(subject) {
    const told = clusterAt(subject);
    const service = serviceAddress(subject);
    const { event } = subject;
    if (!told || !service || event.tunnelKind !== undefined || event.destination === undefined) {
      return null;
    }
    const { cluster } = told;
    const place = translatedAt(subject);
    const by = translatedBy(subject, service);
    if (!place || !by.isMade) return null;
    const stale = writtenBy(told.time, [place]).find(({ time, readAt }) =>
      isNone(cluster, { ...service, protocol: event.protocol }, event.destination!, time) &&
      readAt(place).every((state) => state && translatedBy(subject, service, state).isMade)
    );
    const known = stale && serviceAt(cluster, service.address, stale.time);
    if (!known) return null;
    const endpoints = endpointsOf(cluster, known, stale.time);
    const words = { cluster, time: stale.time, namespace: known.namespace };
    const name = `${serviceName(known)} (${endPoint(service.address, service.port)})`;
    const now = endpoints.length === 0
      ? "it has none"
      : `it has ${endpointWords(endpoints, words)}`;
    return cause(
      "service-rules-stale",
      "likely",
      `${name} was translated${by.text} to ${event.destination}, which is no endpoint of it any ` +
        `more: ${now}; so the rules on ${subject.node.name} are older than its endpoints`,
      [
        eventEvidence(subject, `sent to ${endPoint(service.address, service.port)}`),
        ...by.evidence,
        clusterEvidence(
          cluster,
          `endpoints of ${serviceName(known)}: ${
            endpoints.map(({ address }) => address).join(", ") || "none"
          }`,
        ),
      ],
    );
  },
};

/** One service had the address and port all of the time, and an address was none of its endpoints in it. */
function isNone(
  cluster: Cluster,
  asked: { address: string; port?: number; protocol: number | undefined },
  endpoint: string,
  time: Stretch,
): boolean {
  const known = serviceAt(cluster, asked.address, time);
  if (!known || known.isUnselected || !portOf(known, asked.protocol, asked.port)) return false;
  return cluster.isWhole(["services", "endpointslices"], time) &&
    endpointsOf(cluster, known, time).every(({ address }) => address !== endpoint);
}
