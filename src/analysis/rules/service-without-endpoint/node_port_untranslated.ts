/** A node port that no rule of the node translates, so that it looks for a program on the node. */
import { headersOf } from "../../netfilter/hook_packet.ts";
import { translationsOf } from "../../netfilter/translations.ts";
import { isConnectRequest, UDP } from "../../kernel/protocols.ts";
import { stateAt } from "../../view/state_view.ts";
import { isIncomplete } from "../../view/state_view.ts";
import { isOwn } from "../../view/netns_names.ts";
import { commandAnywhere } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { noListener } from "../no-listener/no_listener.ts";
import { cause, type Rule } from "../rule.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { lookAt } from "../shared/checked.ts";
import { withWriting } from "../shared/written.ts";
import { assigned, named } from "../word.ts";
import { askedService } from "./asked_service.ts";
import { serviceAddress } from "./service_address.ts";

/** The node has no rule for the port. */
export const nodePortUntranslated: Rule = {
  id: "R131",
  title: "A node port that no rule translates",
  statement:
    "`service-without-endpoint`, likely. R12 holds for what asks (a SYN, a datagram) in the node's own " +
    "network, one service of the cluster has had the port as its node port and one node the address from " +
    "ten seconds before on, as was heard or as the API itself says of what is there now, and all rules of the node were read and none translates the packet. What could " +
    "look like it: a kube-proxy that serves node ports at some of the node's addresses only, which the " +
    "remedy names. Says nothing where a rule translates it, where a program has the port (it takes the " +
    "packet), where not all rules could be read, and where eBPF stands in for kube-proxy: such a packet " +
    "does not come to a socket.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const told = clusterAt(subject);
    const { event, node, netns } = subject;
    if (!told || serviceAddress(subject) || !isOwn(node, netns)) return null;
    if (event.protocol !== UDP && !isConnectRequest(event)) return null;
    const missing = noListener.judge(subject);
    if (missing?.code !== "no-listener") return null;
    const { cluster } = told;
    const time = withWriting(told.time);
    const asked = askedService(subject, cluster, time);
    if (!asked?.isNodePort) return null;
    if (!cluster.isKnown(["services", "nodes"], time, asked.restsOn)) return null;
    const state = stateAt(node, netns, event.at);
    if (
      !state || isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"])
    ) {
      return null;
    }
    if (translationsOf(state, headersOf(event))?.length !== 0) return null;
    return cause(
      "service-without-endpoint",
      "likely",
      `${asked.text} is asked for, and no rule on ${node.name} translates that port: the packet was ` +
        `taken for one to a program of the node at ${place(subject)}, and none listens there`,
      [
        eventEvidence(subject),
        stateEvidence(node, `no rule read there translates port ${event.destinationPort}`),
        ...missing.evidence.slice(1),
        clusterEvidence(cluster, `${asked.text} has that node port`),
      ],
      [
        ...lookAt(
          `is kube-proxy running on ${asked.node}, does it reach the API, and is ${event.destination} ` +
            "one of its nodePortAddresses",
        ),
        ...commandAnywhere([
          ...["kubectl", "-n", "kube-system", "get", "pods", "-o", "wide", "--field-selector"],
          assigned("spec.nodeName", named(asked.node)),
        ]),
      ],
    );
  },
};
