/** What a rule is given: one packet that came to no good, and what was known where it ended. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { Judgement, World } from "../verdict/judgement.ts";
import { placed } from "../view/placed.ts";
import { linkOf, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Asides } from "../view/evidence.ts";

/** One packet that came to no good, and what was known where it ended: the subject of every rule. */
export interface Case {
  judgement: Judgement;
  world: World;
  /** The last sighting. */
  event: Sighting;
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
  /** Device it was on when it ended: its own, or that of the sighting before. */
  device: string;
  ifindex: number | undefined;
  link: Link | undefined;
  /** State of that netns before, and after, the event. */
  before: NetnsState | null;
  after: NetnsState | null;
  /** Sightings of other things on all nodes: lookups, ICMP errors, neighbours. */
  evidence: Asides;
}

/** By the world of a piece of work: it goes when that is done, and its cases with it. */
const known = new WeakMap<World, { evidence: Asides; cases: Map<Judgement, Case> }>();

/**
 * The case of a judged packet; `evidence` are the sightings that belong to no packet. Made once: an
 * exchange and its flow ask for the same packets, and much is remembered for a case.
 */
export function caseOf(
  judgement: Judgement,
  world: World,
  evidence: Asides,
): Case {
  let own = known.get(world);
  if (own?.evidence !== evidence) known.set(world, own = { evidence, cases: new Map() });
  const before = own.cases.get(judgement);
  if (before) return before;
  const made = makeCase(judgement, world, evidence);
  own.cases.set(judgement, made);
  return made;
}

function makeCase(judged: Judgement, world: World, evidence: Asides): Case {
  // What became of a packet in a tunnel inside a tunnel is that of the one that carried it. [O60]
  const carrier = judged.carriedBy;
  // A later pass may have taken the outcome back, of the packet alone: the carrier is no flow.
  const judgement = carrier?.outcome === judged.outcome ? carrier : judged;
  const event = judgement.end.step.event;
  const earlier = lastPlaced(judgement, event);
  const netns = event.netns ?? earlier?.netns;
  const before = stateAt(event.node, netns, event.at);
  const own = placed(event, earlier);
  return {
    judgement,
    world,
    event,
    node: event.node,
    netns,
    device: own.device ?? "",
    ifindex: own.ifindex,
    link: linkOf(before, own.ifindex, own.device),
    before,
    after: stateAfter(event.node, netns, event.at),
    evidence,
  };
}

function lastPlaced(judgement: Judgement, event: Sighting): Sighting | undefined {
  return judgement.steps.map((step) => step.event)
    .filter((other) => other !== event && other.node === event.node && other.device !== undefined)
    .at(-1);
}
