/**
 * One shard's part of a report. It judges its packets and says of each flow how many there are and
 * whether anything is wrong with one; the hub then asks for the events of the flows that it must
 * look at whole, and gets of the others what stands for them. Rules D2 to D4.
 */
import { KINDS } from "../../event/kinds.ts";
import type { Event } from "../../event/event.ts";
import { chainsOf } from "../correlate/chains.ts";
import { isAnothersFrame, isRoutineDrop, isSideCopy } from "../kernel/frees.ts";
import { longestHold } from "../exchange/hold.ts";
import { type FlowGroup, groupBySentForm } from "../verdict/flows.ts";
import { type Form, formKey } from "../correlate/identity.ts";
import type { AnalysisInput, ShardPacket, Withheld } from "../view/input.ts";
import { judge } from "../verdict/judge.ts";
import { arrivedOf, otherForms } from "../verdict/other_form.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { isSeen, type Packet, packetsOf } from "../correlate/packets.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { timelines } from "../view/timelines.ts";
import { countOf, rateOfPackets } from "../verdict/withheld.ts";
import { eventsOf, exemplarsOf, framesOf, type Mark, marksOf, tunnelsOf } from "./facts.ts";

/** The packets of one shard that were sent in one form. JSON. */
export interface FlowSummary {
  form: Form;
  /** Every form these packets had. */
  forms: Form[];
  packets: number;
  events: number;
  /** One of them was not simply delivered, so that all of the flow must be looked at together. */
  loud: boolean;
  /** What some packet is, for what came of the question. */
  marks: Mark[];
  /** Tunnels they went through, as `source>destination`. */
  tunnels: string[];
}

/** What a shard tells the hub before the hub selects. JSON. */
export interface ShardSummary {
  flows: FlowSummary[];
}

/** Which flows the hub wants whole. JSON. */
export interface Selection {
  /** Forms as sent, as `formKey` spells them. */
  whole: string[];
  /** Those the hub has no room for: it gets what stands for them, and some packets that went wrong. */
  partial: string[];
}

/** A shard's answer to a selection. JSON, but for events, which have their codec. */
export interface Selected {
  packets: ShardPacket[];
  withheld: Withheld;
}

/** A shard whose packets were judged: it can be asked for more than once. */
export interface JudgedShard {
  summary: ShardSummary;
  select(selection: Selection): Selected;
}

/**
 * Judges one shard. `input` has every header and state of the incident, and of the events those
 * that `shardOf` gives to this shard.
 */
export function judgeShard(input: AnalysisInput): JudgedShard {
  const nodes = timelines(input.batches, input.evicted);
  const world = { nodes, closed: input.closed };
  const packets = packetsOf(nodes.flatMap(chainsOf));
  const judgements = packets.filter(isSeen).map((packet) => judge(packet, world));
  const groups = groupBySentForm(judgements);
  const edges = edgesOf(nodes, packets);
  return {
    summary: { flows: groups.map(summaryOf) },
    select: (selection) => selectFrom({ nodes, groups, judgements, edges }, selection),
  };
}

function summaryOf(group: FlowGroup): FlowSummary {
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

/** A packet that was held inside a node for so long, ns, is told of (R95). */
const TOLD_NS = 20e6;

function isLoud(judgement: Judgement): boolean {
  if (judgement.outcome !== "delivered" || eventsOf(judgement).some(isOdd)) return true;
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

/** Packets with the first or last event of a node: the report takes its time span from them. */
function edgesOf(nodes: readonly NodeView[], packets: readonly Packet[]): Packet[] {
  const ends = new Set(nodes.flatMap(({ events }) => [events[0], events.at(-1)]));
  return packets.filter(({ chains }) =>
    chains.some(({ events }) => events.some((event) => ends.has(event)))
  );
}

/** Packets of one flow and shard that show what goes wrong, where not all can be looked at. */
const LOUD_KEPT_MAX = 50;

interface Judged {
  nodes: readonly NodeView[];
  groups: readonly FlowGroup[];
  judgements: readonly Judgement[];
  edges: readonly Packet[];
}

function selectFrom({ nodes, groups, judgements, edges }: Judged, selection: Selection): Selected {
  const whole = new Set(selection.whole);
  const partial = new Set(selection.partial);
  const kept = new Set<Packet>(edges);
  for (const judgement of framesOf(judgements)) kept.add(judgement.packet);
  const arrived = arrivedOf(judgements);
  for (const { packet } of otherForms(judgements, arrived).values()) kept.add(packet);
  const withheld: Withheld = { flows: [], nodes: [] };
  for (const group of groups) {
    const key = formKey(group.form);
    const shown = whole.has(key) ? group.packets : exemplarsOf(group);
    for (const judgement of shown) kept.add(judgement.packet);
    if (partial.has(key)) {
      const loud = group.packets.filter(isLoud).slice(0, LOUD_KEPT_MAX);
      for (const { packet } of loud) kept.add(packet);
    }
    const rest = group.packets.filter(({ packet }) => !kept.has(packet));
    if (rest.length === 0) continue;
    withheld.flows.push({
      key,
      packets: countOf(rest),
      rate: rateOfPackets(rest),
      partial: partial.has(key),
    });
  }
  const given = [...kept].map(shardPacketOf);
  const counts = new Map(nodes.map(({ name, events }) => [name, events.length]));
  for (const { node, events } of given.flat()) counts.set(node, counts.get(node)! - events.length);
  for (const [node, events] of counts) withheld.nodes.push({ node, events });
  return { packets: given, withheld };
}

function shardPacketOf({ chains, ambiguous }: Packet): ShardPacket {
  const repeated = ambiguous ? { repeated: true as const } : {};
  return chains.map(({ node, events }) => ({
    node: node.name,
    events: events.map(plain),
    ...repeated,
  }));
}

function plain({ node: _node, at: _at, ...event }: Sighting): Event {
  return event;
}
