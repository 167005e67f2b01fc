/** The flows of one shard: what it says of each, and which packets of it the hub gets. Rules D2 to D4. */
import { KINDS } from "../../event/kinds.ts";
import { formKey } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { longestHold } from "../exchange/hold.ts";
import { mayHaveBegunElsewhere } from "../exchange/meeting.ts";
import { isAnothersFrame, isRoutineDrop, isSideCopy } from "../kernel/frees.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { isEchoReply, isEchoRequest } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { countOf, rateOfPackets } from "../verdict/withheld.ts";
import type { WithheldFlow } from "../view/input.ts";
import { shaperAt } from "../view/shaper.ts";
import type { Sighting } from "../view/timeline.ts";
import { eventsOf, exemplarsOf, marksOf, tunnelsOf } from "./facts.ts";
import type { FlowSummary } from "./told.ts";

/** How the hub wants a flow; undefined: what stands for it is enough. */
export type Wanted = "whole" | "partial" | undefined;

/** What is given of a flow. */
export interface GivenOfFlow {
  packets: ReadonlySet<Packet>;
  /** Null: nothing of it is withheld. */
  withheld: WithheldFlow | null;
}

/** What a shard says of a flow. */
export function summaryOf(group: FlowGroup): FlowSummary {
  return {
    form: group.form,
    forms: [...group.forms.values()],
    packets: group.packets.length,
    events: group.packets.reduce((total, judgement) => total + eventsOf(judgement).length, 0),
    loud: group.packets.some(isLoud),
    marks: marksOf(group),
    tunnels: tunnelsOf(group),
  };
}

/** Packets of one flow and shard that show what goes wrong, where not all can be looked at. */
const LOUD_KEPT_MAX = 50;

/** What the hub gets of a flow. `always`: packets that it gets whatever it wants of their flow. */
export function givenOf(
  group: FlowGroup,
  wanted: Wanted,
  always: ReadonlySet<Packet>,
): GivenOfFlow {
  const packets = new Set<Packet>();
  for (const { packet } of group.packets) if (always.has(packet)) packets.add(packet);
  const shown = wanted === "whole" ? group.packets : exemplarsOf(group);
  for (const { packet } of shown) packets.add(packet);
  if (wanted === "partial") {
    const loud = group.packets.filter(isLoud).slice(0, LOUD_KEPT_MAX);
    for (const { packet } of loud) packets.add(packet);
  }
  const rest = group.packets.filter(({ packet }) => !packets.has(packet));
  if (rest.length === 0) return { packets, withheld: null };
  const withheld: WithheldFlow = {
    key: formKey(group.form),
    packets: countOf(rest),
    rate: rateOfPackets(rest),
    partial: wanted === "partial",
  };
  return { packets, withheld };
}

/** A packet that was held inside a node for so long, ns, is told of (R95). */
const TOLD_NS = 20e6;

function isLoud(judgement: Judgement): boolean {
  if (judgement.outcome !== "delivered" || eventsOf(judgement).some(isOdd)) return true;
  // Whether an echo was answered depends on where its request began.
  const begin = judgement.steps[0]!.event;
  if (isEchoRequest(begin) && mayHaveBegunElsewhere(judgement)) return true;
  // How long its sender's queue held an answer shows beside the request alone (R95).
  if (begin.kind === "device-tx" && isEchoReply(begin) && shaperAt(begin)) return true;
  return (longestHold(judgement)?.ns ?? 0) >= TOLD_NS;
}

/**
 * Makes the hub look at the whole flow: fragments, because they are judged together; answers about a
 * packet; and drops, unless they are routine.
 */
function isOdd(event: Sighting): boolean {
  if (event.fragmentOffset !== undefined) return true;
  if (KINDS[event.kind].role === "answer") return true;
  if (event.kind !== "drop") return false;
  return isNetfilterDrop(event) ||
    !(isRoutineDrop(event) || isSideCopy(event) || isAnothersFrame(event));
}
