/** Packets that may be ones that were lost, translated where no probe was. Rule O15. */
import type { NodeView } from "../view/timeline.ts";
import { deviceEvent } from "../correlate/steps.ts";
import type { Foremost } from "./gathered.ts";
import { type Judgement, revise } from "./judgement.ts";
import type { Arrival, Others } from "./others.ts";

/** The first packet that came into a node by a device, as `Others.arrived` gathers them; these are in the order of all packets. */
export function arrivedOf(judgements: readonly Judgement[]): Map<string, Arrival> {
  const arrived = new Map<string, Arrival>();
  for (const judgement of judgements) {
    const first = judgement.steps[0]!.event;
    if (first.kind !== "device-rx") continue;
    const key = keyOf(judgement, first.node);
    if (!arrived.has(key)) arrived.set(key, { packet: judgement.packet, first });
  }
  return arrived;
}

const keyOf = ({ packet }: Judgement, { name }: NodeView) =>
  `${name} ${packet.chains[0]!.invariants}`;

/**
 * [O15] By each packet that vanished: one that first came into the awaited node by a device, and that
 * has the same of what no hop changes (C1), but other ends.
 */
export function otherForms(
  judgements: readonly Judgement[],
  arrived: Pick<Foremost<Arrival>, "get">,
): Map<Judgement, Arrival> {
  const found = new Map<Judgement, Arrival>();
  for (const judgement of judgements) {
    const { awaited, steps, outcome } = judgement;
    if (outcome !== "vanished" || !awaited || awaited.node === steps[0]!.event.node) continue;
    // The frame's own receiver was watched: nothing between could translate it.
    if (deviceEvent(judgement.end.step).destinationMac === awaited.link.mac) continue;
    const other = arrived.get(keyOf(judgement, awaited.node));
    if (other) found.set(judgement, other);
  }
  return found;
}

/** [O15] Takes back `vanished` of what may have arrived with other ends. */
export function doubtTranslated(judgements: readonly Judgement[], { arrived }: Others): void {
  for (const [judgement, { first }] of otherForms(judgements, arrived)) {
    const text = `a packet like it came to ${first.node.name} from ${first.source}: ` +
      "something between them that has no probe may have translated it";
    revise(judgement, "O15", { outcome: "unknown", gap: { code: "translated-unseen", text } });
  }
}
