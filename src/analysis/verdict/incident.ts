/**
 * Room `verdict`, after `correlate`: what became of every packet, and of the flow it belongs to.
 *
 * All packets and flows of an incident, judged: from the input up to where causes are asked for.
 */
import { type FilterNode, type FilterPacket, matchesAny } from "../../event/filter/mod.ts";
import { Cluster } from "../cluster/cluster.ts";
import { packetsOfShards } from "../correlate/shard_packets.ts";
import { isSeen, type Packet } from "../correlate/packets.ts";
import { read, Source } from "../view/asked.ts";
import type { Asides } from "../view/evidence.ts";
import type { GivenPacket } from "../view/given_packets.ts";
import type { AnalysisInput } from "../view/input.ts";
import type { NodeView } from "../view/timeline.ts";
import { Timelines, type Told } from "../view/timelines.ts";
import { Families, type FamiliesChange } from "./families.ts";
import type { Family } from "./family.ts";
import type { World } from "./judgement.ts";
import type { Others } from "./others.ts";
import type { Crossings } from "./ways.ts";

/** An incident with every packet judged. */
export interface JudgedIncident {
  nodes: readonly NodeView[];
  cluster: Cluster;
  /** Also those that the filter leaves out: an answer may be among them. */
  families: ReadonlySet<Family>;
  /** Which of them were judged anew, and which are no more. */
  change: FamiliesChange;
  /** [D10] Those that wait for their turn. */
  postponed: Postponed;
  /** What all packets tell together. */
  others: Others;
  /** Sightings of no packet that is followed: lookups, ICMP errors, neighbours. */
  evidence: Asides;
  /** Events of no packet that could be understood. */
  unclaimed: number;
  /** The world, for one piece of work: what is remembered of a world is remembered for that one. */
  world: () => World;
}

/** Families that are stale and wait for their turn. */
export interface Postponed {
  has(family: Family): boolean;
  /** Those that did not wait before. */
  late: Iterable<Family>;
  /** Judges one of them now. False: it is no more. */
  judge(family: Family): boolean;
  /** The mark of the last report that one of them was not in doubt in; Infinity: none waits. */
  readonly judgedTo: number;
}

/** What stays of an incident from one report to the next. */
export class IncidentMemory {
  readonly #timelines = new Timelines();
  readonly #cluster = new Cluster();
  #families = new Families();
  /** Packets of shards. */
  readonly #given = new Map<GivenPacket, Packet>();
  #closed = new Source();
  #isClosed = false;

  /** [D11] Whatever falls into doubt from now on came after the report with this mark. */
  mark(mark: number): void {
    this.#families.mark(mark);
  }

  /**
   * Follows every packet of the input and judges it. Batches, and packets of shards, that were given
   * before must be the same objects; then only what they could have changed is judged again. `packetsMax`: of
   * more packets that are to be judged again some wait (rule D10).
   */
  judge(input: AnalysisInput, packetsMax = Infinity): JudgedIncident {
    const { batches, evicted, shardPackets } = input;
    const cluster = this.#cluster;
    cluster.tell(batches);
    const probes = batches.filter(({ header }) => header.teller === undefined);
    const told = this.#timelines.tell(probes, evicted, shardPackets);
    const { nodes, isAllNew } = told;
    if (isAllNew) {
      this.#families = new Families();
      this.#given.clear();
      // Who asked before is kept by what was asked.
      this.#closed = new Source();
    }
    if (this.#isClosed !== input.closed) {
      this.#isClosed = input.closed;
      this.#closed.changed();
    }
    const families = this.#families;
    families.take(nodes.map((node) => told.added.get(node) ?? []), told.gone);
    this.#takeGiven(told);
    const [closed, isClosed] = [this.#closed, input.closed];
    const world = () =>
      new IncidentWorld(nodes, families.others.crossings, closed, isClosed, cluster);
    const change = families.judge(world(), packetsMax);
    const { all, others, evidence, unclaimed } = families;
    const postponed = {
      late: families.late,
      has: (family: Family) => families.isPostponed(family),
      judge: (family: Family) => families.judgePostponed(family, world()),
      get judgedTo() {
        return families.judgedTo;
      },
    };
    return { nodes, cluster, families: all, change, postponed, others, evidence, unclaimed, world };
  }

  /** Lets what was used longest ago rest (`Families.rest`). */
  rest(packetsAwakeMax: number): void {
    this.#families.rest(packetsAwakeMax);
  }

  /** Lets families rest of which all has been told (`Families.restTold`). */
  restTold(packetsAwakeMax: number): (told: readonly Family[]) => void {
    return this.#families.restTold(packetsAwakeMax);
  }

  /** Packets of shards are taken as they were put together. */
  #takeGiven({ packets: { come, gone } }: Told): void {
    for (const given of gone) {
      const packet = this.#given.get(given);
      if (packet) this.#families.leave(packet);
      this.#given.delete(given);
    }
    for (const [given, packet] of packetsOfShards(come)) {
      if (!isSeen(packet)) continue;
      this.#given.set(given, packet);
      this.#families.add(packet);
    }
  }
}

/** The world of an incident that grows. */
export class IncidentWorld implements World {
  constructor(
    readonly network: readonly NodeView[],
    readonly crossings: Crossings,
    readonly closedSource: Source,
    readonly isClosed: boolean,
    readonly cluster: Cluster,
  ) {}

  get nodes(): readonly NodeView[] {
    const [first] = this.network;
    if (first) read(first.shared.nodes);
    return this.network;
  }

  get closed(): boolean {
    read(this.closedSource);
    return this.isClosed;
  }
}

/** A flow belongs to the report when one of its forms matches the filter; the one of all wants all. */
export function isWanted(forms: Iterable<FilterPacket>, filter: FilterNode): boolean {
  return filter.kind === "all" || matchesAny(filter, [...forms]);
}
