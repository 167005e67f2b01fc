/** Two ends of a link between bridges that mean different VLANs by what is untagged. */
import type { Evidence } from "../../../event/report.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { placeOf, stateEvidence } from "../evidence.ts";

/** The port that sent the frame, and the VLAN that it was in there. */
export interface Native {
  where: string;
  id: number;
  evidence: Evidence;
}

/**
 * A bridge's port that sent the frame without a tag, out of another VLAN than the one that it is in here. What
 * one VLAN is for the one bridge goes on as another one, so that no port of this bridge lacks anything.
 */
export function sentFromAnother({ event, judgement }: Case, id: number): Native | null {
  if (event.vlan !== undefined && event.vlan !== 0) return null;
  const steps = judgement.steps.map((step) => step.event);
  const arrival = steps.findLastIndex(({ kind, node, netns }) =>
    kind === "device-rx" && node === event.node && netns === event.netns
  );
  const sent = steps.slice(0, Math.max(arrival, 0)).findLast(({ kind }) => kind === "device-tx");
  const port = sent && linkOf(stateAt(sent.node, sent.netns, sent.at), sent.ifindex);
  if (!sent || !port?.bridgePort || sent.sourceMac !== steps[arrival]?.sourceMac) return null;
  const untagged = port.vlans?.filter((vlan) => vlan.untagged) ?? [];
  const [own] = untagged;
  if (!own || untagged.length > 1 || own.idEnd !== undefined || own.id === id) return null;
  const where = placeOf(sent.node, sent.netns, port.name);
  const evidence = stateEvidence(sent.node, `${port.name} sends VLAN ${own.id} untagged`);
  return { where, id: own.id, evidence };
}
