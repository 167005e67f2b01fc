/** A pod's address that a node has, too, or another pod. */
import type { ClusterPod } from "../../../event/cluster/objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { isAlways, type Stretch } from "../../cluster/history.ts";
import { holderAt, isOwn } from "../../view/netns_names.ts";
import { ownersOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { noListener } from "../no-listener/no_listener.ts";
import { cause, type Rule } from "../rule.ts";
import { clusterNodeOf } from "../service-without-endpoint/asked_service.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";
import { prefix } from "../word.ts";

/** A packet for a pod came to another host of its address. */
export const podElsewhere: Rule = {
  id: "R166",
  title: "A pod's address that another host has, too",
  statement:
    "`address-duplicate`, likely. The packet found no socket (R12) in a node's own network, or in one " +
    "pod, whose devices have its destination, and all the time around it the cluster's API told that " +
    "one other pod, not of its node's network, has that address, and on which node, which is another " +
    "one. What could look like it: an address that moved from pod to pod (the API must have told " +
    "both ends of it before), pods of a node's network, whose addresses are the node's, a pod that " +
    "ended, and a network that gives a node the addresses of its own pods.",
  yields: ["address-duplicate"],
  judge(subject) {
    const told = clusterAt(subject);
    const { event, node, netns } = subject;
    if (!told || netns === undefined || event.destination === undefined) return null;
    const refused = noListener.judge(subject);
    if (refused?.code !== "no-listener") return null;
    const { cluster, time } = told;
    const here = clusterNodeOf(node, cluster, time);
    const pods = podsWith(cluster, event.destination, time);
    if (!here || !pods) return null;
    const { pod: holder } = holderAt(node, netns, event.at);
    // Of what is neither nobody can say whether it is the pod.
    if (!isOwn(node, netns) && !pods.some((pod) => nameOf(pod) === holder)) return null;
    const [meant, ...more] = pods.filter((pod) => nameOf(pod) !== holder);
    if (!meant || more.length > 0 || meant.node === undefined || meant.node === here.name) {
      return null;
    }
    const owner = ownersOf([node], event.destination).find((one) => one.netns === netns);
    if (!owner) return null;
    const place = placeOf(node, netns, owner.link.name);
    const name = `pod ${nameOf(meant)} on ${meant.node}`;
    return cause(
      "address-duplicate",
      "likely",
      `${event.destination} is the address of ${name}, and ${place} has it, too: the packet was ` +
        `taken there, and ${refused.sentence}`,
      [
        ...refused.evidence,
        stateEvidence(node, `${place} has ${event.destination}`),
        clusterEvidence(cluster, `${name} has ${event.destination}`),
      ],
      command(node, netns, ["ip", "addr", "show", "to", prefix(event.destination)]),
    );
  },
};

const nameOf = ({ namespace, name }: ClusterPod) => `${namespace}/${name}`;

/** Pods that had the address all of the time; null where one came, went or moved, or not all are known. */
function podsWith(cluster: Cluster, address: string, time: Stretch): ClusterPod[] | null {
  if (!cluster.isWhole(["pods", "nodes"], time)) return null;
  const versions = cluster.having("pods", address, time)
    .filter(({ object: { hostNetwork, phase } }) => !hostNetwork && phase === "Running");
  const byName = Map.groupBy(versions, ({ object }) => `${nameOf(object)} ${object.node}`);
  const all = [...byName.values()];
  return all.every((own) => isAlways(own, time)) ? all.map((own) => own.at(-1)!.object) : null;
}
