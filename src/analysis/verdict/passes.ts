/**
 * What revises a packet's outcome after it was judged by itself (`judge.ts`), in order. A pass knows
 * more than one packet tells: other fragments, other nodes' clocks, the other direction. Each notes
 * its rule on what it revises (`Judgement.revisedBy`).
 *
 * What counts a flow's packets without revising them is asked for when the flow is reported: losses
 * that TCP sent again (O11), requests without an answer (O12), packets that shards withhold (D4).
 */
import { doubtHolder } from "./another_holder.ts";
import { doubtUntranslated } from "./awaiting_translation.ts";
import type { FlowGroup } from "./flows.ts";
import { dropTogether } from "./dropped_whole.ts";
import { judgeFragments } from "./fragments.ts";
import { joinGivenBack } from "./given_back.ts";
import { joinCarriers } from "./nested.ts";
import type { Judgement, RuleId } from "./judgement.ts";
import type { Others } from "./others.ts";
import { proveByReplies } from "./replies.ts";
import { judgeResets } from "./resets.ts";
import { doubtLate } from "./late.ts";
import { doubtTranslated } from "./other_form.ts";
import { absorbPieces } from "./segments.ts";
import { doubtVanished } from "./windows.ts";

/** Revises packets before they are sorted into flows. */
export interface PacketPass {
  rule: RuleId;
  /** `judgements` are a family's, which has all that it looks at but for `others`. */
  revise(judgements: readonly Judgement[], others: Others): void;
}

/** Revises the packets of one flow, which may ask the flow of the other direction. */
export interface FlowPass {
  rule: RuleId;
  revise(flow: FlowGroup): void;
}

/** In their order. */
export const PACKET_PASSES: readonly PacketPass[] = [
  // Before O13, which makes `unknown` of `vanished`: O14 takes an `unknown` fragment of a packet
  // that arrived whole for delivered, because a router put the packet together and cut it again.
  { rule: "O14", revise: judgeFragments },
  // Before C7: O13 compares clocks by the steps that each packet was itself seen at, and C7 appends
  // the steps of pieces to those of the packet that was cut.
  { rule: "O13", revise: doubtVanished },
  // After O13, which leaves less to doubt.
  { rule: "O15", revise: doubtTranslated },
  // Looks at what was taken alone, which the others leave as it is.
  { rule: "O39", revise: doubtUntranslated },
  // After the others, which may make another outcome of the packet that carries.
  { rule: "O60", revise: joinCarriers },
];

/** In their order, after `PACKET_PASSES`. */
export const FLOW_PASSES: readonly FlowPass[] = [
  // After O14, which asks only whether all fragments have come.
  { rule: "O37", revise: dropTogether },
  // Before C7, which gives a whole the outcome of its piece.
  { rule: "O38", revise: doubtHolder },
  // Before C7, which joins pieces by the whole way of what was cut.
  { rule: "C11", revise: joinGivenBack },
  // After O13 and O14, because the cut packet takes over the outcome of a piece. It also takes the
  // pieces out of the flow.
  { rule: "C7", revise: absorbPieces },
  // Before O10, which takes no reset for an acknowledgement: the order of these two does not matter.
  { rule: "O20", revise: judgeResets },
  // After C7, which gives a whole the loss of its piece; before O10, which proves what arrived.
  { rule: "O21", revise: doubtLate },
  // After C7: a segment is proven by its acknowledgement only where no other packet of the flow
  // carried its last byte, and a piece would be such another packet.
  { rule: "O10", revise: proveByReplies },
];

/** Applies the passes that need no flows to the packets of a family. */
export function revisePackets(judgements: readonly Judgement[], others: Others): void {
  for (const { revise } of PACKET_PASSES) revise(judgements, others);
}

/** Applies each pass to every flow before the next one: directions look at each other. */
export function reviseFlows(flows: readonly FlowGroup[]): void {
  for (const { revise } of FLOW_PASSES) for (const flow of flows) revise(flow);
}
