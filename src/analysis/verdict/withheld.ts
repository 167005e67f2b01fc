/** Packets that a report counts without their events, because the shards did not send those. */
import type { Outcome } from "../../event/codes.ts";
import type { Gap } from "../../event/gaps.ts";
import type { PacketCounts } from "../../event/report.ts";
import type { FlowGroup } from "./flows.ts";
import { TCP } from "../kernel/protocols.ts";
import { ask, Source } from "../view/asked.ts";
import type { Withheld, WithheldFlow } from "../view/input.ts";
import { addedRates, type Rate, rateOf } from "../view/rate.ts";
import { wallMs } from "../view/time_of_day.ts";
import type { Judgement } from "./judgement.ts";

/** What shards withhold of one flow, all forms of it together. */
export type Unseen = Pick<WithheldFlow, "packets" | "rate" | "partial">;

/** How many packets there are, and how many of each outcome. */
export function countOf(packets: readonly Judgement[]): PacketCounts {
  const count = (outcome: Outcome) => packets.filter((p) => p.outcome === outcome).length;
  return {
    seen: packets.length,
    delivered: count("delivered"),
    dropped: count("dropped"),
    vanished: count("vanished"),
    unknown: count("unknown"),
    inFlight: count("in-flight"),
  };
}

/** Packets by when each was first seen. */
export const rateOfPackets = (packets: readonly Judgement[]): Rate =>
  rateOf(packets.map(({ steps }) => wallMs(steps[0]!.event)));

/** What shards withhold of one flow's packets in one form. */
interface Sum {
  parts: readonly WithheldFlow[];
  all: Unseen;
}

/** What all shards withhold, added up, from one report to the next. */
export class AllWithheld {
  readonly #source = new Source();
  #flows = new Map<string, Sum>();
  #nodes = new Map<string, number>();

  /** What they withhold now. What is as before is known by its identity. */
  take(withheld: readonly Withheld[]): void {
    this.#nodes = new Map();
    const parts = new Map<string, WithheldFlow[]>();
    for (const { flows, nodes } of withheld) {
      for (const flow of flows) {
        const own = parts.get(flow.key);
        if (own) own.push(flow);
        else parts.set(flow.key, [flow]);
      }
      for (const { node, events } of nodes) this.#nodes.set(node, this.events(node) + events);
    }
    let isOther = parts.size !== this.#flows.size;
    const flows = new Map<string, Sum>();
    for (const [key, own] of parts) {
      const before = this.#flows.get(key);
      const isSame = before?.parts.length === own.length &&
        own.every((flow, i) => flow === before.parts[i]);
      isOther ||= !isSame;
      flows.set(key, isSame ? before : { parts: own, all: own.reduce<Unseen>(both, NOTHING) });
    }
    this.#flows = flows;
    if (isOther) this.#source.changed();
  }

  /** Events of a node in packets that are withheld. */
  events(node: string): number {
    return this.#nodes.get(node) ?? 0;
  }

  /** Of the packets in any form of the flow. */
  ofFlow({ forms }: FlowGroup): Unseen {
    // Asked once for all flows: nearly everywhere nothing is withheld of any.
    if (ask(this.#source, "none", () => this.#flows.size === 0)) return NOTHING;
    const keys = [...forms.keys()];
    return ask(this.#source, keys.join("\n"), () => this.#sumOf(keys), isSameUnseen);
  }

  #sumOf(keys: readonly string[]): Unseen {
    const known = keys.flatMap((key) => this.#flows.get(key) ?? []);
    return known.length === 0 ? NOTHING : known.map(({ all }) => all).reduce(both);
  }
}

const NOTHING: Unseen = { packets: countOf([]), rate: rateOf([]), partial: false };

const isSameUnseen = (a: Unseen, b: Unseen): boolean =>
  a === b || JSON.stringify([a.packets, a.rate, a.partial]) ===
    JSON.stringify([b.packets, b.rate, b.partial]);

function both(a: Unseen, b: Unseen): Unseen {
  return {
    packets: added(a.packets, b.packets),
    rate: addedRates([a.rate, b.rate]),
    partial: a.partial || b.partial,
  };
}

/** Two counts, number by number. */
export const added = (a: PacketCounts, b: PacketCounts): PacketCounts => each(a, b, 1);

/** What is left of a count without another. */
export const taken = (a: PacketCounts, b: PacketCounts): PacketCounts => each(a, b, -1);

function each(a: PacketCounts, b: PacketCounts, sign: 1 | -1): PacketCounts {
  return {
    seen: a.seen + sign * b.seen,
    delivered: a.delivered + sign * b.delivered,
    dropped: a.dropped + sign * b.dropped,
    vanished: a.vanished + sign * b.vanished,
    unknown: a.unknown + sign * b.unknown,
    inFlight: a.inFlight + sign * b.inFlight,
  };
}

/**
 * [D4] What a part of a flow proves of all of it. A drop proves that the flow was dropped, unless TCP
 * may have sent the segment again; anything else is unknown.
 */
export function outcomeOfPart(
  { form }: FlowGroup,
  { packets: all }: Unseen,
  packets: readonly Judgement[],
): "dropped" | "unknown" {
  const isFinal = form.protocol !== TCP || all.delivered === 0;
  return isFinal && packets.some(({ outcome }) => outcome === "dropped") ? "dropped" : "unknown";
}

/** The gap of a flow of which only `looked` packets were given to the hub. */
export function gapOfPart(looked: number, { seen }: PacketCounts): Gap {
  const text = `of its ${seen} packets only ${looked} could be looked at together`;
  return { code: "flow-too-large", text };
}
