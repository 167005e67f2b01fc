/** From the lines of one bpftrace to the batches of its nodes. */
import type { Event } from "../../event/event.ts";
import { lookupPurpose } from "../../event/lookup.ts";
import { isDoneWithActions } from "../../event/openvswitch_actions.ts";
import type { NetnsState } from "../../event/state.ts";
import { Batcher, type KernelFacts } from "../ship/batcher.ts";
import type { Missed } from "../run/missed.ts";
import { MissedList } from "../run/missed_list.ts";
import { ClockPairs, pairNow } from "../read/clock_pair.ts";
import { monotonicClock } from "../state/mod.ts";
import { Demux } from "../read/demux.ts";
import type { Ranks } from "../read/decode.ts";
import { LineSource } from "../read/line_source.ts";
import { SampledList } from "../read/sampled_list.ts";
import { NeighbourWaits } from "../read/neighbour_waits.ts";
import { NeighbourPlaces } from "../read/neighbour_places.ts";
import type { Plan } from "../filter/plan.ts";
import { RouteGate } from "../read/route_gate.ts";
import type { NetnsHandle } from "../state/mod.ts";
import { CountTeller } from "./count_teller.ts";
import { Losses } from "./losses.ts";
import type { IntakeCounts, IntakeOptions, RunningNode } from "./intake_options.ts";
import { keeps } from "../filter/user_filter.ts";

/** Without runs of these, what became of a packet is not known. */
const SEEING: readonly string[] = ["device_rx", "device_tx", "drop"];

/** Gives each event and state to the batches of its node. */
export class Intake {
  readonly nodes: RunningNode[];
  readonly counts: IntakeCounts = { unplaced: 0, neighboursUnplaced: 0, routesSpared: 0 };
  /** Namespaces that events came from. */
  readonly active = new Set<number>();
  readonly neighbourWaits = new NeighbourWaits();
  /** What is asked for; what the kernel did not filter is filtered here. */
  plan: Plan | undefined;
  scripts: KernelFacts["scripts"] = [];
  #attachedNs = 0n;
  #untilNs = 0n;
  #tickNs = 0n;
  #latestNs = 0n;
  #losses = new Losses();
  #refused = 0;
  /** After the end up to when all scripts told, where that is known. */
  #ended: { wholeNs: bigint | undefined } | undefined;
  #clocks = new ClockPairs();
  #monotonicNs = monotonicClock();
  #missed = new MissedList();
  #sampled = new SampledList();
  /** Up to when it is known what the kernel left out; undefined where nobody looks. */
  #lookedNs: bigint | undefined;
  #places = new NeighbourPlaces();
  #routes = new RouteGate();
  readonly counters: CountTeller<RunningNode> | undefined;
  readonly #demux: Demux<RunningNode>;

  constructor(readonly options: IntakeOptions) {
    const run = crypto.randomUUID();
    this.nodes = options.nodes.map(({ name, all, shared, netns }, i) => {
      const node: RunningNode = {
        name,
        all,
        shared,
        netns: new Map(netns.map((handle) => [handle.inode, handle])),
        batcher: new Batcher({
          node: name,
          allNetns: all && !shared,
          probe: `${run}.${i}`,
          netns: () =>
            [...node.netns.values()].map(({ inode, name, own }) => ({
              inode,
              ...(name ? { name } : {}),
              // False is said, too: the only one watched need not be the machine's own.
              ...(own === undefined ? {} : { own }),
            })),
          facts: () => this.#facts(),
          onBatch: options.onBatch,
          isBehind: options.isBehind,
        }),
      };
      return node;
    });
    this.#demux = new Demux(this.nodes);
    if (options.counting) {
      const byNetns = (netns: number | undefined) => this.#demux.byNetns(netns);
      this.counters = new CountTeller(options.counting, this.nodes, byNetns);
    }
    for (const node of this.nodes) {
      for (const inode of node.netns.keys()) this.#demux.addNetns(inode, node);
    }
  }

  /** A reader for the lines of one bpftrace; `held`: it takes no event before its `begin`. */
  openSource(held: boolean): LineSource {
    return new LineSource({
      onEvent: (event) => this.#event(event),
      onTick: (timeNs, inForce, wholeNs) => this.#tick(timeNs, inForce, wholeNs),
      // It is known when that was lost, and what is told at other times does not suffer.
      onRefused: (isOfScript) => isOfScript ? this.lost(1, true) : void this.#refused++,
      onReading: (reading, source) => this.counters?.take(reading, source, this.#areCountersTold),
      reasonName: this.options.reasonName,
      online: this.options.online,
    }, { held });
  }

  /** `isTimed`: since what is told as whole so far. */
  lost(count: number, isTimed = false): void {
    const when = { wholeNs: this.#untilNs, nowNs: this.#monotonicNs() };
    this.#losses.add(count, isTimed ? when : undefined);
  }

  /** Of which node the packets were that passed unseen cannot be told. */
  missed(missed: Missed): void {
    if (missed.count > 0) this.#missed.add(missed);
    if (missed.toNs > (this.#lookedNs ?? 0n)) this.#lookedNs = missed.toNs;
  }

  addNetns(node: RunningNode, handle: NetnsHandle): void {
    node.netns.set(handle.inode, handle);
    this.#demux.addNetns(handle.inode, node);
  }

  removeNetns(node: RunningNode, inode: number): void {
    node.netns.delete(inode);
    this.#demux.removeNetns(inode);
  }

  /** On which node a namespace is. */
  whereIs(netns: number): { node: string; own: boolean } | undefined {
    const node = this.nodes.find((one) => one.netns.has(netns));
    return node && { node: node.name, own: node.netns.get(netns)?.own === true };
  }

  addState(state: NetnsState): void {
    const node = this.nodes.find(({ netns }) => netns.has(state.netns));
    if (node === undefined) return;
    // A state that could not be read has no time of its own.
    const timeNs = state.timeNs === "0" ? String(this.#tickNs) : state.timeNs;
    this.#places.update(state);
    node.batcher.addState({ ...state, timeNs });
  }

  /** Everything is attached, and the state is known: what was held back goes out. */
  begin(): void {
    for (const { batcher } of this.nodes) batcher.begin();
    this.flush(true);
  }

  /** CLOCK_MONOTONIC of the node now, as its ticks tell; 0 before the first. */
  nowNs(): bigint {
    const pair = this.#clocks.best();
    if (pair === undefined) return 0n;
    return pair.monotonicNs + BigInt(Math.round((Date.now() - pair.wallMs) * 1e6));
  }

  /** How long it was silent up to the last tick, counted from `sinceNs` on at the most. */
  silentNs(sinceNs: bigint): bigint {
    return this.#tickNs - (this.#latestNs > sinceNs ? this.#latestNs : sinceNs);
  }

  /** CLOCK_MONOTONIC of the last tick. */
  get tickNs(): bigint {
    return this.#tickNs;
  }

  flush(heartbeat: boolean): void {
    for (const { batcher } of this.nodes) batcher.flush({ heartbeat });
  }

  /** bpftrace has ended: what it printed is all there is, and `untilNs` is up to when all scripts told. */
  end(untilNs?: bigint): void {
    this.#ended = { wholeNs: untilNs };
    if (this.#latestNs > this.#tickNs) this.#sampled.end(this.#latestNs);
    // What was lost may be known only now, when no more readings come.
    this.counters?.end(this.#areCountersTold);
    for (const { batcher } of this.nodes) batcher.flush({ final: true });
  }

  /** bpftrace died: nothing is attached any more, and `why` says what ended it. */
  detached(why: string): void {
    this.scripts = this.scripts.map(({ name, state, why: before }) => ({
      name,
      state: "unavailable",
      why: (state === "attached" ? why : before ?? why).slice(0, 500),
    }));
  }

  #tick(timeNs: bigint, inForce: Ranks | undefined, wholeNs: bigint | undefined): void {
    if (inForce !== undefined) this.#sampled.tick(timeNs, inForce);
    const { forgetNs } = this.options;
    for (const list of [this.#missed, this.#sampled]) if (forgetNs) list.forget(timeNs - forgetNs);
    if (this.#attachedNs === 0n) this.#attachedNs = this.#untilNs = timeNs;
    // Processors are read one after the other: what is older than the tick before is whole.
    const told = wholeNs ?? (this.#tickNs === 0n ? timeNs : this.#tickNs);
    if (told > this.#untilNs) this.#untilNs = told < timeNs ? told : timeNs;
    this.#tickNs = timeNs;
    this.#clocks.add(timeNs, Date.now());
  }

  #event(event: Event): void {
    if (event.kind === "neighbour") {
      this.#neighbour(event);
      return;
    }
    if (event.netns !== undefined && !this.#demux.knows(event.netns)) {
      // A node of all namespaces soon finds this one. Otherwise no node has it.
      this.options.onUnknownNetns(event.netns);
    }
    if (!this.#wants(event)) return;
    const node = this.#demux.nodeOf(event);
    if (node === null) return;
    // With neither a namespace nor an earlier sighting of its skb in a watched one it is of a packet that
    // no node has. It must not count as a loss, or others' traffic would make every verdict unknown.
    if (node === undefined) this.counts.unplaced += 1;
    else this.#add(event, node);
  }

  #wants(event: Event): boolean {
    if (this.plan === undefined) return true;
    const { kernel, filterNode } = this.plan;
    if (event.kind !== "route") return kernel.exact || keeps(filterNode, event);
    if (!keeps(filterNode, lookupPurpose(event))) return false;
    if (this.#routes.pass(event)) return true;
    this.counts.routesSpared += 1;
    return false;
  }

  /**
   * Counters are told when something of packets is not: before, the packets themselves tell as much. What
   * was counted until then is told, too, so that one event that is lost does not leave a flow unknown.
   */
  get #areCountersTold(): boolean {
    const isAllTold = !this.#sampled.any && !this.#missed.isOf(SEEING) &&
      this.#losses.count + this.#refused === 0;
    return !isAllTold && this.plan?.kernel.exact !== false;
  }

  #add(event: Event, node: RunningNode): void {
    this.counters?.note(event);
    this.neighbourWaits.note(event, Number(event.timeNs) / 1e6);
    if (event.timeNs > this.#latestNs) this.#latestNs = event.timeNs;
    // Where all is told a rank says nothing, and what does not know of ranks refuses such a line.
    if (!this.#sampled.any) delete event.rank;
    node.batcher.addEvent(event);
    if (event.netns === undefined) return;
    if (!this.active.has(event.netns)) {
      this.active.add(event.netns);
      this.options.onActive(event.netns);
    }
    // Linux before 6.7 frees so what a flow of Open vSwitch drops, and the flow is gone 10 s later.
    if (event.kind === "drop" || isDoneWithActions(event)) {
      this.options.onDrop(event.netns, event);
    }
  }

  #neighbour(event: Event): void {
    const netns = this.#places.netnsOf(event);
    if (netns === undefined) {
      this.counts.neighboursUnplaced += 1;
      return;
    }
    event.netns = netns;
    const node = this.#demux.nodeOf(event);
    if (node) this.#add(event, node);
  }

  /**
   * A batch tells no further than what was left out is known: else the silence of the last moments would
   * be proof until the next look, and after the end for ever.
   */
  #toldUntil(ns: bigint): bigint {
    const looked = this.#lookedNs;
    return looked !== undefined && looked > this.#attachedNs && looked < ns ? looked : ns;
  }

  #facts(): KernelFacts {
    const { incident, filter, kernel, bpftrace, boot } = this.options;
    const latest = this.#latestNs > this.#tickNs ? this.#latestNs : this.#tickNs;
    return {
      ...{ incident, filter, kernel, bpftrace, boot },
      followsAnswers: this.plan?.follows,
      translationsUntold: this.plan?.translationsUntold,
      asksThirdHeaders: typeof this.plan?.carried === "string",
      scripts: this.scripts,
      attachedNs: this.#attachedNs,
      untilNs: this.#toldUntil(this.#ended ? this.#ended.wholeNs ?? latest : this.#untilNs),
      clock: pairNow(this.#monotonicNs) ?? this.#clocks.best() ??
        { monotonicNs: 0n, wallMs: Date.now() },
      lost: this.#losses.count,
      missed: this.#missed.told(),
      losses: this.#losses.told(),
      sampled: this.#sampled.told(),
      recorder: this.#sampled.recorder,
      refused: this.#refused,
    };
  }
}
