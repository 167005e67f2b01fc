/** Whose an address is that did not answer, by the word of a cluster's API. */
import type { ClusterPod } from "../../../event/cluster/objects.ts";
import type { Evidence } from "../../../event/report.ts";
import { isAlways } from "../../cluster/history.ts";
import type { Case } from "../case.ts";
import { clusterAt, clusterEvidence } from "./cluster_evidence.ts";

/** What is added to a sentence about the address, and to its evidence. */
export interface ClusterHolder {
  /** `; no pod or node of the cluster has it`, or "". */
  text: string;
  evidence: Evidence[];
}

const NOTHING: ClusterHolder = { text: "", evidence: [] };

/**
 * The one pod that had the address all of the time around the packet, and on which node; or that no pod and
 * no node had it, with the pod that had it before while the API was heard. Nothing where not all of them
 * are known, where one came or went at that time, and of a node's address.
 */
export function clusterHolder(subject: Case, address: string): ClusterHolder {
  const told = clusterAt(subject);
  if (!told || !told.cluster.isWhole(["pods", "nodes"], told.time)) return NOTHING;
  const { cluster, time } = told;
  if (cluster.having("nodes", address, time).length > 0) return NOTHING;
  const say = (text: string): ClusterHolder => ({
    text: `; ${text}`,
    evidence: [clusterEvidence(cluster, text.replace(/\bit\b/, address))],
  });
  const versions = cluster.having("pods", address, time).filter(({ object }) => isThere(object));
  const [pod] = versions.map(({ object }) => object);
  if (pod) {
    const isOne = new Set(versions.map(({ object }) => nameOf(object))).size === 1;
    if (!isOne || !isAlways(versions, time) || pod.node === undefined) return NOTHING;
    return say(`pod ${nameOf(pod)} on ${pod.node} has it`);
  }
  const none = "no pod or node of the cluster has it";
  const before = cluster.having("pods", address, { fromMs: -Infinity, toMs: time.fromMs })
    .filter(({ object }) => isThere(object)).at(-1);
  return say(before ? `${none}; pod ${nameOf(before.object)} had it before` : none);
}

const nameOf = ({ namespace, name }: ClusterPod) => `${namespace}/${name}`;

/** One that has ended keeps its address in the API. */
const isThere = ({ phase }: ClusterPod) => phase !== "Succeeded" && phase !== "Failed";
