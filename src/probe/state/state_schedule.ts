/**
 * When the state of which namespace is read: soon after something went wrong in it, never often.
 * Reading costs the node 50 ms of processor a namespace, so a node whose every packet is dropped
 * must not be read all the time.
 */
import type { NetnsState } from "../../event/state.ts";
import type { CostedState, NetnsHandle } from "./mod.ts";

/** How a state is read, and how often. */
export interface StateScheduleOptions {
  read(netns: NetnsHandle): Promise<CostedState>;
  onState(state: NetnsState): void;
  /** From the first request to the reading, so that a burst is read once; 150 where absent. */
  debounceMs?: number;
  /** Shortest time between two readings of one namespace; 1,000 where absent. */
  pauseMs?: number;
  /** Part of one processor that all reading may take after the first burst; 0.2 where absent. */
  share?: number;
  /** Milliseconds of processor time for reading before the share counts; 2,000 where absent. */
  burstMs?: number;
}

const BURST_MS = 2_000;

/** Reads one namespace at a time, in the order in which they become due. */
export class StateSchedule {
  readonly #debounceMs: number;
  readonly #pauseMs: number;
  readonly #share: number;
  readonly #burstMs: number;
  /** Wanted namespaces by inode, and from when on they may be read. */
  #due = new Map<number, { netns: NetnsHandle; atMs: number }>();
  #readAtMs = new Map<number, number>();
  #creditMs: number;
  #creditAtMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading: Promise<void> | undefined;
  #stopped = false;
  readonly #stopping = Promise.withResolvers<void>();

  constructor(readonly options: StateScheduleOptions) {
    this.#debounceMs = options.debounceMs ?? 150;
    this.#pauseMs = options.pauseMs ?? 1_000;
    this.#share = options.share ?? 0.2;
    this.#burstMs = options.burstMs ?? BURST_MS;
    this.#creditMs = this.#burstMs;
    this.#creditAtMs = performance.now();
  }

  /** Something happened in this namespace that its state may explain. */
  request(netns: NetnsHandle): void {
    if (this.#stopped || this.#due.has(netns.inode)) return;
    const readAtMs = this.#readAtMs.get(netns.inode) ?? -Infinity;
    const atMs = Math.max(performance.now() + this.#debounceMs, readAtMs + this.#pauseMs);
    this.#due.set(netns.inode, { netns, atMs });
    this.#arm();
  }

  /** Says that a namespace was just read by somebody else. */
  noteRead(inode: number): void {
    this.#readAtMs.set(inode, performance.now());
  }

  /**
   * Takes what another's reading cost from the share, and waits until so much is there again that what
   * is requested meanwhile need not wait for it.
   */
  async pay(costMs: number): Promise<void> {
    this.#creditWaitMs();
    this.#creditMs -= costMs;
    const missingMs = this.#burstMs / 2 - this.#creditMs;
    if (missingMs <= 0 || this.#stopped) return;
    const rest = Promise.withResolvers<void>();
    const timer = setTimeout(rest.resolve, missingMs / this.#share);
    await Promise.race([rest.promise, this.#stopping.promise]);
    clearTimeout(timer);
  }

  /** Nothing is read any more; resolves when what is being read was handed over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    clearTimeout(this.#timer);
    this.#due.clear();
    await this.#reading;
  }

  #arm(): void {
    if (this.#stopped || this.#reading !== undefined || this.#due.size === 0) return;
    clearTimeout(this.#timer);
    const nextMs = Math.min(...this.#due.values().map(({ atMs }) => atMs));
    const waitMs = Math.max(nextMs - performance.now(), this.#creditWaitMs());
    this.#timer = setTimeout(() => this.#run(), Math.max(0, waitMs));
  }

  #creditWaitMs(): number {
    const now = performance.now();
    const earnedMs = (now - this.#creditAtMs) * this.#share;
    this.#creditMs = Math.min(this.#burstMs, this.#creditMs + earnedMs);
    this.#creditAtMs = now;
    return this.#creditMs > 0 ? 0 : -this.#creditMs / this.#share;
  }

  #run(): void {
    const now = performance.now();
    const ready = [...this.#due.values()].filter(({ atMs }) => atMs <= now)
      .sort((a, b) => a.atMs - b.atMs)[0];
    if (ready === undefined) return this.#arm();
    this.#due.delete(ready.netns.inode);
    this.#reading = this.#readOne(ready.netns).finally(() => {
      this.#reading = undefined;
      this.#arm();
    });
  }

  async #readOne(netns: NetnsHandle): Promise<void> {
    this.#readAtMs.set(netns.inode, performance.now());
    // Not the time that passed: on a busy machine that is others', and reading would come too late.
    const { state, costMs } = await this.options.read(netns);
    this.#creditMs -= costMs;
    this.options.onState(state);
  }
}
