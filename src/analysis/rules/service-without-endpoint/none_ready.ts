/** A service of which the cluster's API says that nothing is ready to take its packets. */
import { endPoint } from "../../../event/end_point.ts";
import { serviceName } from "../../cluster/names.ts";
import { endpointsOf, portOf, serviceAt } from "../../cluster/services.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { wentOnUntranslated } from "../service-unknown/service_unknown.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { endpointWords } from "../shared/endpoint_words.ts";
import { refusalOf } from "../shared/refusal.ts";

/** The API says why a service leads nowhere. */
export const noneReady: Rule = {
  id: "R104",
  title: "A service of which nothing is ready",
  statement:
    "`service-without-endpoint`. The packet was refused by a rule that stands for a service " +
    "without endpoints (N3), or went on untranslated; one service has its destination and port, and " +
    "the API of the cluster told all endpoints of that time: there is none, or none that is ready. As " +
    "sure as N3, else likely. Says nothing where one endpoint was ready within three seconds, and of " +
    "what other rules refused.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const told = clusterAt(subject);
    if (!told) return null;
    const { cluster, time } = told;
    const { destination, destinationPort, protocol, tunnelKind } = subject.event;
    if (destination === undefined || tunnelKind !== undefined) return null;
    const service = serviceAt(cluster, destination, time);
    if (!service || !portOf(service, protocol, destinationPort)) return null;
    if (!cluster.isWhole(["services", "endpointslices"], time)) return null;
    const endpoints = endpointsOf(cluster, service, time);
    if (endpoints.some(({ isUsed }) => isUsed)) return null;
    const refused = refusalOf(subject, "service");
    if (!refused && !wentOnUntranslated(subject)) return null;
    const name = `${serviceName(service)} (${endPoint(destination, destinationPort)})`;
    const why = endpoints.length === 0
      ? `has no endpoint${service.isUnselected ? ", and selects no pod" : ""}`
      : `has no endpoint that is ready: ${
        endpointWords(endpoints, { ...told, namespace: service.namespace })
      } ${endpoints.length === 1 ? "is" : "are"} not`;
    const ended = refused
      ? `a rule refused the packet ${whereOf(subject)}`
      : `no rule translated the packet, and it went on as it was, to ${place(subject)}`;
    return cause(
      "service-without-endpoint",
      refused?.confidence ?? "likely",
      `${name} ${why}; so ${ended}`,
      [
        ...(refused?.evidence ?? [eventEvidence(subject)]),
        clusterEvidence(cluster, `${serviceName(service)} ${why}`),
      ],
      refused?.remedy,
    );
  },
};

const whereOf = (subject: Case) => {
  const where = place(subject);
  return where.startsWith("in ") ? where : `at ${where}`;
};
