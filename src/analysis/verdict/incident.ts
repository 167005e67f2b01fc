/**
 * Room `verdict`, after `correlate`: what became of every packet, and of the flow it belongs to.
 *
 * All packets and flows of an incident, judged: from the input up to where causes are asked for.
 */
import { type FilterNode, type FilterPacket, matchesAny } from "../../event/filter/mod.ts";
import { chainsOf } from "../correlate/chains.ts";
import { addShardPackets } from "../correlate/shard_packets.ts";
import { isSeen, packetsOf } from "../correlate/packets.ts";
import type { AnalysisInput } from "../view/input.ts";
import { type Sighting, timelines } from "../view/timeline.ts";
import { crossingsOf } from "./crossings.ts";
import { type FlowGroup, flowsOf } from "./flows.ts";
import { judge } from "./judge.ts";
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

/** Follows every packet of the input and judges it. */
export function judgeIncident(input: AnalysisInput): JudgedIncident {
  const nodes = timelines(input.batches, input.evicted);
  const world: World = { nodes, closed: input.closed };
  const parts = nodes.map(chainsOf);
  const chains = parts.flatMap((part) => part.chains);
  const packets = [...packetsOf(chains), ...addShardPackets(nodes, input.shardPackets ?? [])]
    .filter(isSeen);
  const judgements = packets.map((packet) => judge(packet, world));
  revisePackets(judgements, nodes);
  world.crossings = crossingsOf(judgements);
  const flows = flowsOf(judgements);
  reviseFlows(flows);
  return {
    world,
    judgements,
    flows,
    evidence: parts.flatMap((part) => part.evidence),
    unclaimed: parts.reduce((total, part) => total + part.unclaimed, 0),
  };
}

/** A flow belongs to the report when one of its forms matches the filter; the one of all wants all. */
export function isWanted(forms: Iterable<FilterPacket>, filter: FilterNode): boolean {
  return filter.kind === "all" || matchesAny(filter, [...forms]);
}
