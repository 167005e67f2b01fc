/** A service that has endpoints, and that no rule of the node translates. */
import type { Cause } from "../../../event/report.ts";
import type { NetnsState } from "../../../event/state.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { isAlways, type Stretch } from "../../cluster/history.ts";
import { serviceName } from "../../cluster/names.ts";
import { servedAllAlong } from "../../cluster/services.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { translationsOf } from "../../netfilter/translations.ts";
import { isOwn, netnsName } from "../../view/netns_names.ts";
import { isIncomplete } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { askedService, clusterNodeOf } from "../service-without-endpoint/asked_service.ts";
import { wentOnUntranslated } from "../service-unknown/service_unknown.ts";
import { lookAt } from "../shared/checked.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { type Written, writtenBy } from "../shared/written.ts";

/** The node has no rule for the service. */
export const rulesMissing: Rule = {
  id: "R133",
  title: "No rule for a service that has endpoints",
  statement:
    "`service-rules-stale`, likely. The packet went on untranslated and came to no good, one service of " +
    "the cluster has had its destination, no node's address, and its port from ten seconds before on, an " +
    "endpoint of one of its slices was ready all that time, and in the own network of each probed node of " +
    "the cluster that it passed, a node as long, all rules were read and none translates it. All was heard " +
    "of from then on, or the API says itself since when these are so: fields that it notes no time of, and " +
    "a clock of it that is more than three seconds off, tell nothing. Three seconds before are enough where " +
    "the rules were read again after ten seconds of it, and none translates it still. What could look like it: another " +
    "network with the same addresses; hence likely. Says nothing of a machine that is no node of the " +
    "cluster, and where eBPF or IPVS stands in for rules: there such a packet is translated before.",
  yields: ["service-rules-stale"],
  judge(subject) {
    const told = clusterAt(subject);
    if (!told || !wentOnUntranslated(subject)) return null;
    const own = subject.judgement.steps.map(({ event }) => event)
      .filter(({ node, netns }) => isOwn(node, netns));
    for (const written of writtenBy(told.time, own)) {
      const found = missing(subject, told.cluster, written, own);
      if (found) return found;
    }
    return null;
  },
};

function missing(
  subject: Case,
  cluster: Cluster,
  { time, readAt }: Written,
  own: readonly Sighting[],
): Omit<Cause, "rule"> | null {
  const asked = askedService(subject, cluster, time);
  if (!asked || asked.isNodePort) return null;
  if (!asked.service.clusterAddresses.includes(subject.event.destination!)) return null;
  // All of the time: one that was ready only now may not be in the rules yet.
  const served = servedAllAlong(cluster, asked.service, time);
  const passed = served && passedWithoutRule(cluster, time, { own, readAt });
  if (!passed) return null;
  const restsOn = [...asked.restsOn, ...served.map(({ object }) => object), ...passed.restsOn];
  if (!cluster.isKnown(["services", "endpointslices", "nodes"], time, restsOn)) return null;
  const name = serviceName(asked.service);
  return cause(
    "service-rules-stale",
    "likely",
    `${asked.text} has endpoints that are ready, and no rule in ${passed.where} on ${passed.node.name} ` +
      `translates it; so the packet went on as it was, to ${place(subject)}`,
    [
      eventEvidence(subject),
      stateEvidence(passed.node, `no rule read in ${passed.where} translates the packet`),
      clusterEvidence(cluster, `${name} has endpoints that are ready`),
    ],
    [
      ...lookAt(
        `is kube-proxy, or what stands in for it, running on ${passed.node.name}, and does it reach the API`,
      ),
      ...commandAnywhere(["kubectl", "-n", "kube-system", "get", "pods", "-o", "wide"]),
    ],
  );
}

/** The first node's own network that it passed, when all that it passed were read and none has a rule. */
function passedWithoutRule(
  cluster: Cluster,
  time: Stretch,
  { own, readAt }: Pick<Written, "readAt"> & { own: readonly Sighting[] },
) {
  const passed = own.flatMap((event) => {
    const node = clusterNodeOf(event.node, cluster, time);
    return node ? [{ event, node }] : [];
  });
  const first = passed[0]?.event;
  if (!first) return null;
  for (const { event, node } of passed) {
    // One that joins has no rules yet.
    const versions = cluster.versions("nodes", time).filter(({ object }) =>
      object.name === node.name
    );
    if (!isAlways(versions, time)) return null;
    if (readAt(event).some((state) => !hasNoRule(state, event))) return null;
  }
  return {
    node: first.node,
    where: netnsName(first.node, first.netns),
    restsOn: passed.map(({ node }) => node),
  };
}

function hasNoRule(state: NetnsState | null, event: Sighting): boolean {
  if (!state) return false;
  if (isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"])) {
    return false;
  }
  // IPVS translates without rules.
  if ((state.ipvs?.length ?? 0) > 0) return false;
  return translationsOf(state, headersOf(event))?.length === 0;
}
