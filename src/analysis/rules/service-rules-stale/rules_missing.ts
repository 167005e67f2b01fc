/** A service that has endpoints, and that no rule of the node translates. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { serviceName } from "../../cluster/names.ts";
import { endpointsOf } from "../../cluster/services.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { translationsOf } from "../../netfilter/translations.ts";
import { isOwn, netnsName } from "../../view/netns_names.ts";
import { isIncomplete, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { askedService, clusterNodeOf } from "../service-without-endpoint/asked_service.ts";
import { wentOnUntranslated } from "../service-unknown/service_unknown.ts";
import { lookAt } from "../shared/checked.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";

/** Rules are written within a second or two of a change; where there are many, some more. */
const WRITTEN_MS = 10_000;

/** The node has no rule for the service. */
export const rulesMissing: Rule = {
  id: "R133",
  title: "No rule for a service that has endpoints",
  statement:
    "`service-rules-stale`, likely. The packet went on untranslated and came to no good, one service of " +
    "the cluster has had its destination, no node's address, and its port from ten seconds before on, an " +
    "endpoint was ready then and at the end, and in the own network of each probed node of the cluster " +
    "that it passed all rules were read and none translates it. What could look like it: another network with the same " +
    "addresses; hence likely. Says nothing of a machine that is no node of the cluster, and where eBPF " +
    "or IPVS stands in for rules: there such a packet is translated before.",
  yields: ["service-rules-stale"],
  judge(subject) {
    const told = clusterAt(subject);
    if (!told || !wentOnUntranslated(subject)) return null;
    const { cluster } = told;
    const time = { ...told.time, fromMs: told.time.fromMs - WRITTEN_MS };
    const asked = askedService(subject, cluster, time);
    if (!asked || asked.isNodePort) return null;
    if (!asked.service.clusterAddresses.includes(subject.event.destination!)) return null;
    if (!cluster.isWhole(["services", "endpointslices", "nodes"], time)) return null;
    // Of the time before, too: one that was ready only now may not be in the rules yet.
    const before = { fromMs: time.fromMs, toMs: time.fromMs };
    const isReady = (at: typeof time) =>
      endpointsOf(cluster, asked.service, at).some(({ isUsed }) => isUsed);
    if (!isReady(before) || !isReady({ fromMs: time.toMs, toMs: time.toMs })) return null;
    const passed = passedWithoutRule(subject, cluster, time);
    if (!passed) return null;
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
  },
};

/** The first node's own network that it passed, when all that it passed were read and none has a rule. */
function passedWithoutRule({ judgement }: Case, cluster: Cluster, time: Stretch) {
  const passed = judgement.steps.map(({ event }) => event).filter(({ node, netns }) =>
    isOwn(node, netns) && clusterNodeOf(node, cluster, time) !== undefined
  );
  const [first] = passed;
  if (!first) return null;
  for (const event of passed) {
    const state = stateAt(event.node, event.netns, event.at);
    if (
      !state || isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"])
    ) {
      return null;
    }
    // IPVS translates without rules.
    if ((state.ipvs?.length ?? 0) > 0) return null;
    if (translationsOf(state, headersOf(event))?.length !== 0) return null;
  }
  return { node: first.node, where: netnsName(first.node, first.netns) };
}
