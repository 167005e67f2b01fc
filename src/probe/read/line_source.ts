/**
 * The lines of one bpftrace run, decoded. Two runs overlap while one replaces the other, and each
 * sees all packets. Events before one moment are taken from the old run, later ones from the new.
 */
import type { Event } from "../../event/event.ts";
import type { Reading } from "./count_lines.ts";
import { createDecoder, type Decoder, type Ranks } from "./decode.ts";
import { CaughtUp } from "./caught_up.ts";
import { Progress } from "./progress.ts";

/** Callbacks of a line source: one for each kind of thing that it reads. */
export interface LineSourcePorts {
  onEvent(event: Event): void;
  /** `wholeNs`: what happened before it was read, of all processors; undefined where they don't tell. */
  onTick(timeNs: bigint, inForce: Ranks | undefined, wholeNs: bigint | undefined): void;
  /** A line was not understood; `isOfScript`: a script printed it, and one event was lost with it. */
  onRefused(isOfScript: boolean): void;
  onReading(reading: Reading, source: object): void;
  reasonName(number: number): string;
  /** Numbers of the processors that run; absent: those that tell of themselves. */
  online?: (() => readonly number[]) | undefined;
}

/** Decodes lines, and passes on the events of the time in which its run counts. */
export class LineSource {
  /** Events before it are taken from the run before. */
  #fromNs: bigint;
  /** Events from it on are taken from the run after; null while there is none. */
  #untilNs: bigint | null = null;
  #firstTick = Promise.withResolvers<bigint>();
  #lastTick: PromiseWithResolvers<bigint> | undefined;
  readonly #ended = Promise.withResolvers<void>();
  readonly #decoder: Decoder;
  readonly #progress: Progress;
  readonly #caughtUp = new CaughtUp();
  #tickNs = 0n;
  /** The run that it takes the place of, as long as that was not read to its end. */
  #before: LineSource | undefined;

  /** `held`: none of its events are taken before `begin` says from when. */
  constructor(ports: LineSourcePorts, { held = false } = {}) {
    this.#fromNs = held ? 2n ** 64n : 0n;
    this.#progress = new Progress(ports.online ?? (() => []));
    this.#decoder = createDecoder({
      ...ports,
      onRefused: (_, isOfScript) => ports.onRefused(isOfScript),
      onEvent: (event) => {
        if (event.timeNs < this.#fromNs) return;
        if (this.#untilNs === null || event.timeNs < this.#untilNs) ports.onEvent(event);
      },
      onReading: (reading) => {
        if (reading.timeNs < this.#fromNs) return;
        if (this.#untilNs === null || reading.timeNs < this.#untilNs) {
          ports.onReading(reading, this);
        }
      },
      onTick: (timeNs, inForce) => {
        this.#firstTick.resolve(timeNs);
        this.#tickNs = timeNs;
        const isOver = this.#untilNs !== null && timeNs >= this.#untilNs;
        if (!isOver && timeNs >= this.#fromNs) ports.onTick(timeNs, inForce, this.wholeNs);
        if (this.#lastTick !== undefined && this.#untilNs === null) this.#untilNs = timeNs;
        this.#settle();
      },
      onBeat: (cpu, timeNs) => {
        this.#progress.beat(cpu, timeNs);
        this.#settle();
      },
    });
  }

  /** A line of bpftrace, as it printed it. */
  line(text: string): void {
    const proof = this.#caughtUp.line(text, this.#tickNs);
    if (proof) {
      this.#progress.caughtUp(proof.timeNs, proof.isCaughtUp);
      // An idle processor may not beat for many seconds, and its last packet is not to wait for that.
      this.#decoder.caughtUp(proof.isCaughtUp);
    }
    this.#decoder.line(text);
    if (proof) this.#settle();
  }

  /** CLOCK_MONOTONIC in ns of the first heartbeat. */
  get firstTick(): Promise<bigint> {
    return this.#firstTick.promise;
  }

  /** What happened before it was read, of all processors; undefined where they don't tell. */
  get wholeNs(): bigint | undefined {
    const own = this.#progress.wholeNs;
    const before = this.#before?.wholeNs;
    return before === undefined || (own !== undefined && own < before) ? own : before;
  }

  /** The end, once all processors were read up to it. */
  #settle(): void {
    const untilNs = this.#untilNs;
    if (untilNs === null || this.#tickNs < untilNs) return;
    const wholeNs = this.wholeNs;
    if (wholeNs !== undefined && wholeNs < untilNs) return;
    this.#ended.resolve();
    this.#lastTick?.resolve(untilNs);
  }

  /** Events from `fromNs` on are taken, and those before from another run, which ends there. */
  begin(fromNs: bigint, before: LineSource): void {
    this.#fromNs = fromNs;
    this.#before = before;
  }

  /** The run before is over. */
  goOn(): void {
    this.#before = undefined;
  }

  /** Resolves when what happened before `untilNs` was read. */
  end(untilNs: bigint): Promise<void> {
    this.#untilNs = untilNs;
    return this.#ended.promise;
  }

  /**
   * Ends it with the next tick, and resolves with its time once all processors were read up to it: what
   * comes later is told by some scripts alone, because bpftrace detaches one after the other.
   */
  endAtTick(): Promise<bigint> {
    this.#lastTick ??= Promise.withResolvers<bigint>();
    return this.#lastTick.promise;
  }

  flush(): void {
    this.#decoder.flush();
  }
}
