/** What is concluded of one packet. */
import type { Outcome } from "../../event/codes.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Packet } from "../correlate/packets.ts";
import type { Step } from "../correlate/steps.ts";
import type { Owner } from "../view/state_view.ts";
import { byTime, type NodeView } from "../view/timeline.ts";
import type { End } from "./ends.ts";
import type { Crossings } from "./ways.ts";

/** The id of a rule of docs/rules.md. */
export type RuleId = `${"C" | "D" | "E" | "G" | "H" | "O" | "R" | "T"}${number}`;

/** What became of one packet. The passes (`passes.ts`) revise it in place. */
export interface Judgement {
  packet: Packet;
  outcome: Outcome;
  /** The copy that speaks for the packet. */
  end: End;
  /** From its first sighting to that copy's last one. */
  steps: Step[];
  /** Why it is `unknown`. */
  gap?: Gap;
  /** Where it should have come next, when that is known and probed. */
  awaited?: Owner;
  /** Other places that it may have come to instead: they hold the same address. */
  awaitedElsewhere?: readonly Owner[] | undefined;
  /** It left for where no probe is, and nothing was lost where it was last seen. */
  beyond?: boolean;
  /** Rules by which passes changed the outcome after `judge` gave it, in their order. */
  revisedBy: readonly RuleId[];
  /** It carried another packet, which is followed by itself, into a tunnel inside a tunnel. */
  carries?: true;
  /** The packet that carried it there and has shown what became of both. */
  carriedBy?: Judgement;
  /** The packets that carried it through tunnels inside tunnels, where it went on. */
  carriers?: readonly Packet[];
  /** Its own steps, where `steps` has those of what carried it, too. */
  ownSteps?: Step[];
  /** TCP: the other side acknowledged what it carried, in this segment or in another. */
  acknowledged?: boolean;
  /** TCP: pieces of it that came to another node, where not all of them are known to have come. */
  pieces?: readonly Judgement[];
}

/** As most packets are: an object that is made at once takes less than one that is put together of parts. */
export function delivered(
  { packet, end, steps, revisedBy }: Omit<Judgement, "outcome" | "gap">,
): Judgement {
  return { packet, outcome: "delivered", end, steps, revisedBy };
}

/** Changes what became of a packet, and notes by which rule. Without `gap` it has none any more. */
export function revise(
  judgement: Judgement,
  rule: RuleId,
  { outcome, gap }: Pick<Judgement, "outcome" | "gap">,
): void {
  judgement.outcome = outcome;
  if (gap === undefined) delete judgement.gap;
  else judgement.gap = gap;
  judgement.revisedBy = [...judgement.revisedBy, rule];
}

/** A packet takes over the outcome of its later part, and its way: its own steps, then the part's. */
export function inherit(whole: Judgement, part: Judgement, rule: RuleId): void {
  whole.end = part.end;
  whole.steps = [...whole.steps, ...part.steps];
  if (part.carriedBy) whole.carriedBy = part.carriedBy;
  whole.revisedBy = [...whole.revisedBy, ...part.revisedBy];
  revise(whole, rule, part);
  if (part.awaited) {
    whole.awaited = part.awaited;
    whole.awaitedElsewhere = part.awaitedElsewhere;
  }
}

/** What a packet is judged by beside its own sightings. */
export interface World {
  /** All nodes. Whoever reads them is done again when one joins. */
  readonly nodes: readonly NodeView[];
  /** The same, for functions that ask about all nodes themselves, as `ownersOf`: nothing else may look into it. */
  readonly network: readonly NodeView[];
  /** No more events will come. */
  readonly closed: boolean;
  /** What the API of the nodes' cluster told; absent: nobody asked one. */
  readonly cluster?: Cluster;
  /** What went between the nodes; there once all packets were judged. */
  readonly crossings?: Crossings;
}

/** Order of an incident's packets: by the node that saw each first, and by its time there. */
export const inOrder = (a: Pick<Judgement, "packet">, b: Pick<Judgement, "packet">): number =>
  byFirst(a.packet, b.packet);

/** The same order of packets. */
export function byFirst(a: Packet, b: Packet): number {
  const left = a.first;
  const right = b.first;
  if (left.node !== right.node) return left.node.name < right.node.name ? -1 : 1;
  return byTime(left, right);
}

/**
 * Whether `a` has more steps than `b`. Equal lengths are ordered by the node's name, then by the
 * earlier event, so that the answer does not depend on the order of arrival.
 */
export function hasLongerWay(a: Judgement, b: Judgement): boolean {
  if (a.steps.length !== b.steps.length) return a.steps.length > b.steps.length;
  const [left, right] = [a.steps[0]!.event, b.steps[0]!.event];
  if (left.node !== right.node) return left.node.name < right.node.name;
  return left.at < right.at;
}
