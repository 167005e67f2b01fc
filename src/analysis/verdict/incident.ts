/**
 * Room `verdict`, after `correlate`: what became of every packet, and of the flow it belongs to.
 *
 * All packets and flows of an incident, judged: from the input up to where causes are asked for.
 */
import { type FilterNode, type FilterPacket, matchesAny } from "../../event/filter/mod.ts";
import { addShardPackets } from "../correlate/shard_packets.ts";
import { isSeen } from "../correlate/packets.ts";
import type { AnalysisInput } from "../view/input.ts";
import type { Sighting } from "../view/timeline.ts";
import { Timelines } from "../view/timelines.ts";
import { crossingsOf } from "./crossings.ts";
import { type FlowGroup, flowsOf } from "./flows.ts";
import { judge } from "./judge.ts";
import { PacketMemory } from "./judged_packets.ts";
import type { Judgement, World } from "./judgement.ts";
import { reviseFlows, revisePackets } from "./passes.ts";

/** An incident with every packet judged. */
export interface JudgedIncident {
  world: World;
  /** Of every packet, also of flows that the filter leaves out. */
  judgements: Judgement[];
  /** All flows, also those that the filter leaves out: an answer may be among them. */
  flows: FlowGroup[];
  /** Sightings of no packet that is followed: lookups, ICMP errors, neighbours. */
  evidence: Sighting[];
  /** Events of no packet that could be understood. */
  unclaimed: number;
}

/** What stays of an incident from one report to the next. */
export class IncidentMemory {
  readonly timelines = new Timelines();
  readonly packets = new PacketMemory();
}

/**
 * Follows every packet of the input and judges it. `memory` is of earlier inputs of the same incident,
 * whose batches are among these as the same objects; it makes it quicker, and no difference.
 */
export function judgeIncident(
  input: AnalysisInput,
  memory: IncidentMemory = new IncidentMemory(),
): JudgedIncident {
  const told = memory.timelines.tell(input.batches, input.evicted);
  const { nodes } = told;
  const world: World = { nodes, closed: input.closed };
  const given = addShardPackets(nodes, input.shardPackets ?? []).filter(isSeen);
  const { judgements, evidence, unclaimed } = memory.packets.judge(told, world);
  judgements.push(...given.map((packet) => judge(packet, world)));
  revisePackets(judgements, nodes);
  world.crossings = crossingsOf(judgements);
  const flows = flowsOf(judgements);
  reviseFlows(flows);
  return { world, judgements, flows, evidence, unclaimed };
}

/** A flow belongs to the report when one of its forms matches the filter; the one of all wants all. */
export function isWanted(forms: Iterable<FilterPacket>, filter: FilterNode): boolean {
  return filter.kind === "all" || matchesAny(filter, [...forms]);
}
