/**
 * One shard's part of the reports of an incident that grows. It judges its packets and says of each
 * flow how many there are and whether anything is wrong with one; the hub then asks for the packets of
 * the flows that it must look at whole, and gets of the others what stands for them. What was told
 * before is not told again. Rules D2 to D5.
 */
import { Cluster } from "../cluster/cluster.ts";
import { formKey } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { Families, type FamiliesChange } from "../verdict/families.ts";
import type { Family } from "../verdict/family.ts";
import { type FlowGroup, groupBySentForm } from "../verdict/flows.ts";
import { Foremost } from "../verdict/gathered.ts";
import { IncidentWorld } from "../verdict/incident.ts";
import { otherForms } from "../verdict/other_form.ts";
import { askAllAgain, noted, Questions, Source } from "../view/asked.ts";
import { type Frame, framesOf, isFrameBefore } from "./facts.ts";
import { givenOf, type GivenOfFlow, summaryOf, type Wanted } from "./flows.ts";
import { GivenToHub } from "./given.ts";
import { ShardNodes } from "./shard_nodes.ts";
import type {
  FlowSummary,
  SelectedChange,
  SelectionChange,
  ShardNews,
  SummaryChange,
} from "./told.ts";

/** A flow as the hub knows it. */
interface KnownFlow {
  group: FlowGroup;
  /** As it was told. */
  summary: FlowSummary;
  /** Null: it is another one since the hub was given packets of it. */
  given: GivenOfFlow | null;
}

/** What was found out of a family. */
interface KnownFamily {
  asked: Questions;
  flows: { group: FlowGroup; summary: FlowSummary }[];
  /** Packets that may be some that vanished, translated where no probe was (O15). */
  translated: readonly Packet[];
}

/** The analysis of one shard. */
export class ShardAnalysis {
  readonly #nodes = new ShardNodes();
  readonly #families = new Families();
  readonly #frames = new Foremost<Frame>(isFrameBefore);
  readonly #known = new Map<Family, KnownFamily>();
  /** Those of which something that was found out may be otherwise. */
  readonly #inDoubt = new Set<Family>();
  /** By the form they were sent in. */
  readonly #flows = new Map<string, KnownFlow>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #given = new GivenToHub();
  readonly #closed = new Source();
  #isClosed = false;
  /** Packets are judged by what was seen, not by what a cluster calls it. */
  readonly #cluster = new Cluster();
  /** Packets that the hub gets whatever it wants of their flow. */
  #always: ReadonlySet<Packet> = new Set();

  /**
   * Takes what is new, and tells which flows are other than before. Null: what was told of a node's
   * time holds no more. Then this analysis is over, and another has to be told everything.
   */
  judge(news: ShardNews): SummaryChange | null {
    const change = this.#nodes.tell(news);
    if (!change) return null;
    if (this.#isClosed !== news.closed) {
      this.#isClosed = news.closed;
      this.#closed.changed();
    }
    const nodes = this.#nodes.all;
    this.#families.take(nodes.map((node) => change.come.get(node) ?? []), change.gone);
    const { crossings } = this.#families.others;
    const world = new IncidentWorld(nodes, crossings, this.#closed, news.closed, this.#cluster);
    return this.#summarize(this.#families.judgeAlone(world));
  }

  #summarize({ judged, ended }: FamiliesChange): SummaryChange {
    askAllAgain();
    const families = new Set([...judged, ...ended, ...this.#inDoubt]);
    this.#inDoubt.clear();
    const changed = new Set<string>();
    const change = (flows: KnownFamily["flows"]) => {
      for (const { group } of flows) changed.add(formKey(group.form));
    };
    for (const family of families) {
      const known = this.#known.get(family);
      known?.asked.end();
      this.#known.delete(family);
      change(known?.flows ?? []);
      if (!this.#families.all.has(family)) this.#frames.bring(family, new Map());
    }
    const now = new Map<string, { group: FlowGroup; summary: FlowSummary }>();
    for (const family of families) {
      if (!this.#families.all.has(family)) continue;
      const known = this.#learn(family);
      this.#known.set(family, known);
      change(known.flows);
      for (const flow of known.flows) now.set(formKey(flow.group.form), flow);
    }
    const told: SummaryChange = { come: [], gone: [] };
    for (const key of changed) {
      const before = this.#flows.get(key);
      const flow = now.get(key);
      this.#given.giveUp(key, before?.given);
      if (!flow) {
        this.#flows.delete(key);
        this.#wanted.delete(key);
        told.gone.push(key);
        continue;
      }
      this.#flows.set(key, { ...flow, given: null });
      if (!before || !isSame(before.summary, flow.summary)) told.come.push(flow.summary);
    }
    return told;
  }

  #learn(family: Family): KnownFamily {
    const { judgements } = family;
    this.#frames.bring(family, framesOf(judgements));
    const asked = new Questions({ doubted: () => this.#inDoubt.add(family) });
    return noted(asked, () => ({
      asked,
      flows: groupBySentForm(judgements).map((group) => ({ group, summary: summaryOf(group) })),
      translated: [...otherForms(judgements, this.#families.others.arrived).values()]
        .map(({ packet }) => packet),
    }));
  }

  /** Takes what the hub wants otherwise, and gives what it has not got. */
  select({ whole, partial, quiet }: SelectionChange): SelectedChange {
    this.#want(whole, "whole");
    this.#want(partial, "partial");
    this.#want(quiet, undefined);
    const always = this.#alwaysGiven();
    for (const packet of always.symmetricDifference(this.#always)) this.#giveUpFlowOf(packet);
    this.#always = always;
    for (const [key, flow] of this.#flows) {
      if (flow.given) continue;
      flow.given = givenOf(flow.group, this.#wanted.get(key), always);
      this.#given.give(key, flow.given);
    }
    const ofNoFlow = [...always].filter((packet) => !this.#families.familyOf(packet));
    return this.#given.tell(this.#nodes.all, ofNoFlow);
  }

  #want(keys: readonly string[], wanted: Wanted): void {
    for (const key of keys) {
      if (wanted) this.#wanted.set(key, wanted);
      else this.#wanted.delete(key);
      const flow = this.#flows.get(key);
      if (flow) this.#giveUp(key, flow);
    }
  }

  #giveUp(key: string, flow: KnownFlow): void {
    this.#given.giveUp(key, flow.given);
    flow.given = null;
  }

  #giveUpFlowOf(packet: Packet): void {
    const family = this.#families.familyOf(packet);
    for (const { group } of (family && this.#known.get(family)?.flows) ?? []) {
      if (!group.packets.some((judgement) => judgement.packet === packet)) continue;
      const key = formKey(group.form);
      this.#giveUp(key, this.#flows.get(key)!);
    }
  }

  /** Packets with the first or last event of a node, because the report takes its time span from them; frames; and those that may be others, translated. */
  #alwaysGiven(): Set<Packet> {
    const always = new Set<Packet>();
    for (const { events } of this.#nodes.all) {
      for (const event of new Set([events[0], events.at(-1)])) {
        const packet = event && this.#families.packetOf(event);
        if (packet) always.add(packet);
      }
    }
    for (const { judgement } of this.#frames.all.values()) always.add(judgement.packet);
    for (const { translated } of this.#known.values()) {
      for (const packet of translated) always.add(packet);
    }
    return always;
  }
}

const isSame = (a: FlowSummary, b: FlowSummary): boolean => JSON.stringify(a) === JSON.stringify(b);
