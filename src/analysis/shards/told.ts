/**
 * What a shard and its hub tell each other: only what is other than before. All of it is JSON, but for
 * events, which have their codec. Rules D2 to D5.
 */
import type { EventMark } from "../view/growing.ts";
import type { Event } from "../../event/event.ts";
import type { Form } from "../correlate/identity.ts";
import type { Batch, ShardPacket, Withheld, WithheldFlow } from "../view/input.ts";
import type { Mark } from "./facts.ts";

/** Events of one node. */
export interface NodeEvents {
  node: string;
  events: readonly Event[];
}

/** Events of one node by what tells one from all others, when they are no more. */
export interface GoneEvents {
  node: string;
  events: readonly EventMark[];
}

/** What is new to a shard. */
export interface ShardNews {
  /** Batches without their events, each told once. */
  heads: readonly Batch[];
  /** Events that fall to this shard (rule D1). */
  come: readonly NodeEvents[];
  /** Events of before that the store threw away, or that fall to another shard now. */
  gone: readonly GoneEvents[];
  /** No more events will come. */
  closed: boolean;
  /** How many events of all nodes the store threw away. */
  evicted: number;
}

/** The packets of one shard that were sent in one form. */
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

/** What a shard tells before the hub selects. */
export interface SummaryChange {
  /** Flows that are new, or other than before. */
  come: FlowSummary[];
  /** Forms that no packet was sent in any more, as `formKey` spells them. */
  gone: string[];
}

/** Which flows the hub wants, as `formKey` spells the form they were sent in. */
export interface Selection {
  whole: string[];
  /** Those the hub has no room for: it gets what stands for them, and some packets that went wrong. */
  partial: string[];
}

/** Flows of a shard that the hub wants otherwise than before. */
export interface SelectionChange extends Selection {
  /** Of these what stands for them is enough. */
  quiet: string[];
}

/** What a shard gives of what was selected. */
export interface SelectedChange {
  /** Packets by a number that the shard gives them. */
  come: { id: number; packet: ShardPacket }[];
  gone: number[];
  withheld: {
    come: WithheldFlow[];
    gone: string[];
    /** Of all nodes. */
    nodes: Withheld["nodes"];
  };
}
