/** The bpftrace of a session: attached to a plan, and to another one when more is known. */
import { pause } from "../../timers/pause.ts";
import type { BpftraceDied } from "../run/bpftrace_died.ts";
import type { Script } from "../../event/report.ts";
import { attach, type Attached, type AttachOptions } from "../run/attach.ts";
import { type Budget, halved } from "../run/budget.ts";
import type { LineSource } from "../read/line_source.ts";
import type { Plan } from "../filter/plan.ts";
import { newPressing, press, RENAME_POINT } from "../run/pressing.ts";
import type { RenderOptions } from "../run/render.ts";

/** What is the same for all plans of a session. */
export interface TracerOptions {
  sources: ReadonlyMap<string, string>;
  render: Omit<RenderOptions, "filter" | "tunnelPorts" | "carried" | "pressing">;
  run: Omit<AttachOptions["run"], "onLine" | "onPressed">;
  /** A reader for the lines of one bpftrace; `held`: it waits for its `begin`. */
  openSource(held: boolean): LineSource;
  onProgress(text: string): void;
  onScripts(scripts: Script[]): void;
  /** bpftrace ended by itself after it was attached. */
  onDied(failure: BpftraceDied): void;
}

interface Running {
  attached: Attached;
  source: LineSource;
  plan: Plan;
  /** How often it was asked to tell less. */
  pressed: number;
}

/**
 * From the first tick of the new bpftrace to the moment of the change, so that both bpftraces saw
 * all that happened around it.
 */
const OVERLAP_NS = 250_000_000n;

/** So long the last tick, and all before it, is waited for: ticks come ten times a second. */
const LAST_TICK_MS = 2_000;

/** So long a bpftrace that another one has replaced is read: one that is overloaded may never be done. */
const UNREAD_MS = 5_000;

/** One bpftrace at a time, but for the moment in which another plan or budget replaces it. */
export class Tracer {
  #running: Running | undefined;
  #budget: Budget | null;
  #replacing: Promise<void> | undefined;
  readonly #abort = new AbortController();

  constructor(readonly options: TracerOptions) {
    this.#budget = options.render.budget;
  }

  /** What is attached, once it is. */
  get plan(): Plan | undefined {
    return this.#running?.plan;
  }

  /** Attaches. Rejects as `attach` does. */
  async start(plan: Plan): Promise<void> {
    const running = await this.#attach(plan, false);
    this.#watch(running);
    this.#running = running;
    this.options.onScripts(running.attached.scripts);
  }

  /** Puts another plan in force without a gap. One that cannot be attached changes nothing. */
  replace(plan: Plan): Promise<void> {
    this.#replacing ??= this.#replace(plan).finally(() => this.#replacing = undefined);
    return this.#replacing;
  }

  /** Detaches; resolves with the moment up to which all scripts told, on the node's clock, when it is known. */
  async stop(): Promise<bigint | undefined> {
    this.#abort.abort();
    await this.#replacing;
    if (this.#running === undefined) return undefined;
    const { attached: { run }, source } = this.#running;
    const askedNs = this.options.run.nowNs?.();
    const waited = new AbortController();
    // A processor that is read too late is not waited for: it is known how far it was read.
    const untilNs = await Promise.race([
      source.endAtTick(),
      run.ended.then(({ failure }) => failure?.isOrderly === false ? source.wholeNs : null),
      pause(LAST_TICK_MS, waited.signal).then(() => null),
    ]);
    waited.abort();
    const { wholeNs } = source;
    await run.stop();
    source.flush();
    if (untilNs !== null) return untilNs;
    if (wholeNs === undefined || askedNs === undefined || wholeNs < askedNs) run.tellUnread();
    return wholeNs;
  }

  /**
   * A bpftrace that takes more than its share tells half as much from here on: less of the packets that
   * pass, which coverage says, instead of being ended. One that can't be asked is replaced by another one,
   * without a gap in what is told, but what is counted begins anew. Returns whether less will be told.
   */
  #tellLess(running: Running): boolean {
    const less = this.#budget && halved(this.#budget);
    if (!less || this.#replacing !== undefined || this.#abort.signal.aborted) return false;
    this.#budget = less;
    this.options.onProgress(
      "bpftrace takes more than its share of the processor: it tells no more than " +
        `${Math.round(less.eventsPerSecond)} events a second from here on…`,
    );
    void this.#press(running).then((isAsked) => {
      if (!isAsked && this.#running === running) void this.replace(running.plan);
    });
    return true;
  }

  async #press(running: Running): Promise<boolean> {
    const { pressing } = running.attached.render;
    return pressing ? await press(pressing, ++running.pressed) : false;
  }

  async #replace(plan: Plan): Promise<void> {
    const { run } = this.options;
    const before = this.#running;
    if (before === undefined) return;
    let after: Running;
    try {
      after = await this.#attach(plan, true);
    } catch {
      return;
    }
    const changeNs = await after.source.firstTick + OVERLAP_NS;
    after.source.begin(changeNs, before.source);
    this.#watch(after);
    this.#running = after;
    const waited = new AbortController();
    const isWhole = await Promise.race([
      before.source.end(changeNs).then(() => true),
      before.attached.run.ended.then(() => false),
      pause(UNREAD_MS, waited.signal).then(() => false),
    ]);
    waited.abort();
    await before.attached.run.stop();
    before.source.flush();
    // What a processor told that is not read by now is thrown away. How much of it was before the change,
    // after which the other one tells, nobody knows.
    if (!isWhole) run.onLost(1, true);
    after.source.goOn();
    this.options.onScripts(after.attached.scripts);
  }

  async #attach(plan: Plan, held: boolean): Promise<Running> {
    const { sources, render, run, openSource, onProgress } = this.options;
    const source = openSource(held);
    const canBePressed = render.tracepoints.has(RENAME_POINT);
    const { expression: filter } = plan.kernel;
    const attached = await attach({
      sources,
      render: {
        ...render,
        budget: this.#budget,
        pressing: this.#budget && canBePressed ? newPressing(this.#budget) : null,
        filter,
        tunnelPorts: plan.tunnelPorts,
        carried: plan.carried,
      },
      run: {
        ...run,
        onLine: (line) => source.line(line),
        onPressed: () => this.#running?.source === source && this.#tellLess(this.#running),
      },
      onProgress,
      signal: this.#abort.signal,
    });
    // A filter that the kernel did not take has to be applied here.
    const exact = plan.kernel.exact && attached.render.filter === filter;
    // What lets every packet pass follows all of them, unless they are filtered here afterwards.
    const follows = exact && (attached.render.follow || attached.render.filter === "1");
    const translationsUntold = attached.render.conntrack === null;
    return {
      attached,
      source,
      pressed: 0,
      plan: {
        ...{ ...plan, follows, translationsUntold, kernel: { ...plan.kernel, exact } },
        carried: attached.render.carried ?? null,
      },
    };
  }

  #watch(running: Running): void {
    void running.attached.run.ended.then(({ failure }) => {
      if (failure !== undefined && this.#running === running) this.options.onDied(failure);
    });
  }
}
