/** The pod that had an address and has it no more, by the word of a cluster's API. */
import type { Evidence } from "../../../event/report.ts";
import { rfc3339 } from "../../view/rfc3339.ts";
import type { Case } from "../case.ts";
import { clusterAt, clusterEvidence } from "../shared/cluster_evidence.ts";

/** The last pod that had the address up to a packet's end, where the API told that it has it no more. */
export function deletedPod(
  subject: Case,
  address: string,
): { name: string; evidence: Evidence[] } | null {
  const told = clusterAt(subject);
  if (!told) return null;
  const { cluster, time } = told;
  const last = cluster.having("pods", address, { fromMs: -Infinity, toMs: time.toMs })
    .filter(({ object }) => object.hostNetwork !== true)
    .sort((a, b) => a.toMs - b.toMs).at(-1);
  if (!last || last.isOpen || last.toMs === Infinity) return null;
  const name = `${last.object.namespace}/${last.object.name}`;
  const text = `pod ${name} had ${address} until ${rfc3339(last.toMs)}`;
  return { name, evidence: [clusterEvidence(cluster, text)] };
}
