/** The life of a session: reading, attaching, batches, changes of plan, the end. */
import type { LasthopError } from "../../event/error.ts";
import { isNamed, type NamedPlace } from "../../event/filter/mod.ts";
import type { BpftraceDied } from "../run/bpftrace_died.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Intake } from "./intake.ts";
import type { NodeState } from "./node_state.ts";
import type { NodeSpec } from "./nodes.ts";
import type { Planner } from "../filter/plan.ts";
import type { Session, SessionOptions } from "./session.ts";
import type { Tracer } from "./tracer.ts";

/** What a session is made of. */
export interface SessionParts {
  options: SessionOptions;
  planner: Planner;
  intake: Intake;
  state: NodeState;
  tracer: Tracer;
}

/** A flow begins so long after packets are counted, ns, at the least, if it begins when all is ready. */
const COUNTED_NS = 300_000_000n;
/** So long that is waited for at the most, ms: not all kernels can count. */
const COUNTING_WAIT_MS = 800;
const COUNTING_LOOK_MS = 20;

const FLUSH_MS = 200;
const HEARTBEAT_MS = 1_000;

/**
 * How long attaching waits for states, which may name tunnels and translations. What they name
 * later changes the plan, and to attach anew takes longer than to wait for those of few namespaces.
 */
const STATE_WAIT_MS = 500;
const STATE_WAIT_OF_FEW_MS = 2_000;

/**
 * How long being ready waits for states after everything is attached: for those of few namespaces,
 * since tens of thousands of rules take their time, and name what is to be followed. Of a node with
 * hundreds of namespaces the rest is read while it is traced.
 */
const STATE_WAIT_MAX_MS = 4_000;
const STATE_WAIT_FEW_MS = 20_000;
const NAMESPACES_FEW = 24;

/**
 * A change of plan costs seconds of processor time: changes are gathered for a while, and after
 * each change of plan there is a rest.
 */
const REPLAN_MS = 1_000;
const REPLAN_REST_MS = 10_000;

/**
 * Silence that tells that no packet is on its way any more, and how long to wait for it. Both are
 * by the node's clock.
 */
const QUIET_NS = 300_000_000n;
const QUIET_WAIT_MAX_NS = 1_000_000_000n;
/** By this process's clock: a bpftrace that hangs tells no tick for so long; one on a busy node is slow. */
const HANG_MS = 10_000;
/** By this process's clock: so long may a slow one take to tell what waits in its buffers. */
const QUIET_WAIT_MAX_MS = 20_000;
const QUIET_LOOK_MS = 50;

/** Begins when it is made. What goes wrong before it is ready rejects `ready`. */
export class RunningSession implements Session {
  readonly nodes: readonly NodeSpec[];
  readonly ready: Promise<void>;
  readonly failure: Promise<LasthopError>;
  readonly #failed = Promise.withResolvers<LasthopError>();
  #timers: ReturnType<typeof setInterval>[] = [];
  #replan: ReturnType<typeof setTimeout> | undefined;
  #replannedMs = -Infinity;
  #isReady = false;
  #stopping: Promise<void> | undefined;

  constructor(readonly parts: SessionParts) {
    this.nodes = parts.options.nodes;
    this.failure = this.#failed.promise;
    this.ready = this.#begin();
    this.ready.catch(() => {});
  }

  evicted(node: string, events: number): void {
    const found = this.parts.intake.nodes.find(({ name }) => name === node);
    if (found !== undefined) found.batcher.evicted += events;
  }

  pace(quietMs: number): void {
    const quietNs = BigInt(quietMs) * 1_000_000n;
    for (const { batcher } of this.parts.intake.nodes) batcher.quietNs = quietNs;
  }

  tellDifferences(taken: boolean): void {
    for (const { batcher } of this.parts.intake.nodes) batcher.stateLines.tellsDifferences = taken;
  }

  name(places: readonly NamedPlace[]): void {
    if (this.parts.planner.name(places)) this.#plansAgainSoon();
  }

  /** What a namespace has become may change what the kernel must be asked. */
  stateRead(state: NetnsState): void {
    this.parts.planner.update(state);
    this.#plansAgainSoon();
  }

  #plansAgainSoon(): void {
    if (!this.#isReady || this.#stopping !== undefined || this.#replan !== undefined) return;
    const restMs = this.#replannedMs + REPLAN_REST_MS - performance.now();
    this.#replan = setTimeout(() => void this.#planAgain(), Math.max(REPLAN_MS, restMs));
  }

  died(failure: BpftraceDied): void {
    // Ctrl-C reaches bpftrace, too, and before this process told it to end.
    if (this.#stopping !== undefined && failure.isOrderly) return;
    this.parts.intake.detached(failure.message);
    this.#failed.resolve(failure);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #begin(): Promise<void> {
    const { options, planner, intake, state, tracer } = this.parts;
    const count = options.nodes.reduce((sum, { netns }) => sum + netns.length, 0);
    options.onProgress(`reading state of ${count} namespace${count === 1 ? "" : "s"}…`);
    const read = state.readAll();
    // Without the addresses of what the filter names, nothing would be asked for.
    if (isNamed(planner.filter)) await Promise.race([state.named, wait(STATE_WAIT_MAX_MS)]);
    const isFew = count <= NAMESPACES_FEW;
    await Promise.race([read, wait(isFew ? STATE_WAIT_OF_FEW_MS : STATE_WAIT_MS)]);
    options.onProgress("attaching scripts…");
    intake.plan = planner.plan();
    await tracer.start(intake.plan);
    intake.plan = tracer.plan;
    const waitMs = isFew ? STATE_WAIT_FEW_MS : STATE_WAIT_MAX_MS;
    await Promise.race([read, wait(waitMs)]);
    this.#isReady = true;
    await this.#planAgain();
    await this.#countedForAWhile();
    intake.begin();
    state.follow();
    this.#timers = [
      setInterval(() => intake.flush(false), FLUSH_MS),
      setInterval(() => intake.flush(true), HEARTBEAT_MS),
    ];
  }

  /**
   * Who hears that a trace is ready sends at once. A flow that is seen later than packets are counted by
   * this much had none under way when that began (`BEGUN_NS` of `src/analysis/count/runs.ts`).
   */
  async #countedForAWhile(): Promise<void> {
    const { counters, scripts } = this.parts.intake;
    const isCounting = scripts.some(({ name, state }) =>
      name === "counted" && state === "attached"
    );
    if (counters === undefined || !isCounting) return;
    const untilMs = performance.now() + COUNTING_WAIT_MS;
    const isLong = () =>
      counters.beganNs !== undefined && this.parts.intake.tickNs - counters.beganNs >= COUNTED_NS;
    while (!isLong() && performance.now() < untilMs) await wait(COUNTING_LOOK_MS);
  }

  async #planAgain(): Promise<void> {
    const { options, planner, intake, tracer } = this.parts;
    const plan = planner.plan();
    if (plan.key !== tracer.plan?.key) {
      options.onProgress("the network changed what to look for, attaching anew…");
      await tracer.replace(plan);
      if (tracer.plan?.key === plan.key) options.onProgress("attached anew");
      this.#replannedMs = performance.now();
    }
    if (tracer.plan !== undefined) intake.plan = tracer.plan;
    this.#replan = undefined;
  }

  async #stop(): Promise<void> {
    const { intake, state, tracer } = this.parts;
    clearTimeout(this.#replan);
    if (!this.#isReady) {
      await tracer.stop();
      await this.ready.catch(() => {});
    } else await this.#quiet();
    const [untilNs] = await Promise.all([
      tracer.stop(),
      state.stop().then(() => this.#isReady ? state.readFinal() : undefined),
    ]);
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#isReady) intake.end(untilNs);
  }

  /** Packets under way when the end was asked for may still arrive, or be dropped. */
  async #quiet(): Promise<void> {
    const { intake } = this.parts;
    const beganNs = intake.nowNs();
    const beganMs = performance.now();
    let [lastNs, lastMs] = [intake.tickNs, beganMs];
    for (;;) {
      const nowMs = performance.now();
      if (intake.tickNs !== lastNs) [lastNs, lastMs] = [intake.tickNs, nowMs];
      if (nowMs - lastMs >= HANG_MS || nowMs - beganMs >= QUIET_WAIT_MAX_MS) return;
      const isHeld = intake.neighbourWaits.remainingMs(Number(intake.tickNs) / 1e6) > 0;
      const waitedNs = intake.tickNs - beganNs;
      if (!isHeld && (intake.silentNs(beganNs) >= QUIET_NS || waitedNs >= QUIET_WAIT_MAX_NS)) {
        return;
      }
      const died = await Promise.race([this.failure, wait(QUIET_LOOK_MS)]);
      if (died !== undefined) return;
    }
  }
}

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
