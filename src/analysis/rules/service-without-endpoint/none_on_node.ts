/** A service that has no endpoint where it was asked for, by a node's port or where only a node's own count. */
import type { Cause, Evidence } from "../../../event/report.ts";
import { serviceName } from "../../cluster/names.ts";
import { endpointsOf, type KnownEndpoint } from "../../cluster/services.ts";
import { findingOf } from "../../netfilter/choose.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { type EndpointsKnown, endpointWords } from "../shared/endpoint_words.ts";
import { commentsOf } from "../shared/owners.ts";
import { refusalOf } from "../shared/refusal.ts";
import { assigned, named } from "../word.ts";
import { type AskedService, askedService } from "./asked_service.ts";

const SHOWN_MAX = 4;

/** The API says why a node refuses what others take. */
export const noneOnNode: Rule = {
  id: "R119",
  title: "A service without an endpoint on the node that was asked",
  statement:
    "`service-without-endpoint`. A rule that kube-proxy makes for want of endpoints refused the packet " +
    "(N3, `has no local endpoints`, or its mark for dropping), one service of the cluster has its " +
    "destination and port, or one service has the port as its node port and one node the address, and " +
    "the API told all endpoints of that time: traffic policy `Local` counts those on the node alone and " +
    "none of them is ready, or nothing is ready anywhere. As sure as the refusal, by a mark likely. Says " +
    "nothing where one that counts was ready within three seconds (the rules may be old, R105), where an " +
    "endpoint's node is not told, and of what other rules refused.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const told = clusterAt(subject);
    if (!told || subject.event.tunnelKind !== undefined) return null;
    const { cluster, time } = told;
    const asked = askedService(subject, cluster, time);
    if (!asked || asked.node === undefined) return null;
    if (!cluster.isWhole(["services", "endpointslices", "nodes"], time)) return null;
    const endpoints = endpointsOf(cluster, asked.service, time);
    const why = reason(asked, endpoints, told);
    const refusal = why === null ? null : refusalForService(subject);
    if (why === null || refusal === null) return null;
    const evidence: Evidence[] = [
      ...refusal.evidence,
      clusterEvidence(cluster, `${asked.text}: ${why}`),
    ];
    return cause(
      "service-without-endpoint",
      refusal.confidence,
      `${asked.text} ${why}; so a rule refused the packet at ${place(subject)}`,
      evidence,
      remedy(asked, endpoints),
    );
  },
};

/** Why nothing takes the packet there; null where something should. */
function reason(
  asked: AskedService,
  endpoints: readonly KnownEndpoint[],
  told: Pick<EndpointsKnown, "cluster" | "time">,
): string | null {
  const known = { ...told, namespace: asked.service.namespace, withNodes: true };

  const used = endpoints.filter(({ isUsed }) => isUsed);
  if (used.length === 0) {
    // Of a service's own address R104 says that.
    if (!asked.isNodePort) return null;
    return `has no endpoint${
      endpoints.length === 0 ? "" : ` that is ready ${areNot(endpoints, known)}`
    }`;
  }
  if (!asked.isLocal || endpoints.some(({ node }) => node === undefined)) return null;
  const own = endpoints.filter(({ node }) => node === asked.node);
  if (own.some(({ isUsed }) => isUsed)) return null;
  const there = own.length === 0
    ? `no endpoint on ${asked.node}`
    : `no endpoint on ${asked.node} that is ready ${areNot(own, known)}`;
  return `has ${asked.policy} Local and ${there}, only elsewhere: ${endpointWords(used, known)}`;
}

const areNot = (endpoints: readonly KnownEndpoint[], known: EndpointsKnown) =>
  `(${endpointWords(endpoints, known)} ${endpoints.length === 1 ? "is" : "are"} not)`;

/** kube-proxy's comment for what has endpoints on other nodes alone. */
const NOT_LOCAL = /has no local endpoints$/;
/** How a rule of kubelet drops what older kube-proxies marked for that. */
const MARKED = /--mark 0x8000\/0x8000\b/;

/** The refusal of a rule that is made for want of endpoints. */
function refusalForService(subject: Case): Omit<Cause, "rule"> | null {
  const service = refusalOf(subject, "service");
  if (service) return service;
  const rule = findingOf(subject).named?.rule;
  if (!rule) return null;
  const isMarked = rule.chain === "KUBE-FIREWALL" && MARKED.test(rule.text);
  if (!isMarked && !commentsOf(rule).some((comment) => NOT_LOCAL.test(comment))) return null;
  const refusal = refusalOf(subject, "drop") ?? refusalOf(subject, "reject");
  // Somebody else may have set the same mark.
  return refusal && isMarked ? { ...refusal, confidence: "likely" } : refusal;
}

function remedy({ service, policy, isLocal }: AskedService, endpoints: readonly KnownEndpoint[]) {
  const nodes = [...new Set(endpoints.filter(({ isUsed }) => isUsed).map(({ node }) => node))];
  const others = isLocal && nodes.length > 0
    ? lookAt(
      `${serviceName(service)} is taken on ${
        nodes.slice(0, SHOWN_MAX).join(", ")
      }; with ${policy} ` +
        "Cluster on every node, and its pods see a node as the client",
    )
    : [];
  return [
    ...others,
    ...commandAnywhere([
      ...["kubectl", "-n", named(service.namespace), "get", "endpointslices", "-l"],
      assigned("kubernetes.io/service-name", named(service.name)),
    ]),
  ];
}
