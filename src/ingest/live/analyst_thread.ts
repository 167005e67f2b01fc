/**
 * The analyst in a thread of its own. It is started when the first report is asked for, and again
 * when it was lost: all it knows is in the store, so that what was asked is asked again.
 */
import { Worker } from "node:worker_threads";
import { enclosed, type Envelope, opened } from "../envelope.ts";
import type { Limits } from "../limits.ts";
import { gzipCompression } from "../stores/packed_segment.ts";
import type { Evicted, Segment, Store, StoredBatch } from "../stores/store.ts";
import type { Analyst, Asked, Made } from "./analyst.ts";
import type { AnalystStart, FromAnalyst, ToAnalyst } from "./analyst_messages.ts";
import type { StoredLines } from "./kept.ts";
import { noItems } from "./spelled.ts";

/** What the thread is started with and reads from. */
export interface ThreadOptions extends AnalystStart {
  store: Pick<Store, "readBatches">;
  /** Told of a thread that was lost. */
  log?: ((line: string) => void) | undefined;
  /** Memory of the thread beyond which it is lost. */
  heapMiBMax?: number;
  /** The thread's entry; default: the analyst's. */
  entry?: URL;
}

/** A segment as it goes to the thread: compressed where it is, and never as text made for it. */
function sent(segment: Segment): Segment {
  const { tier, lines, chars, gzip } = segment;
  return gzip === undefined ? segment : { tier, lines, chars, gzip, text: "" };
}

interface Request {
  asked: Asked;
  /** Threads that were lost while it was asked of them. */
  lost: number;
  /** Items that came so far of a report that is told whole. */
  lists: ReturnType<typeof noItems>;
  resolve: (made: Made) => void;
  reject: (error: Error) => void;
}

/** A report is asked of so many threads: what ends a second one would end every other. */
const THREADS_PER_REPORT = 2;
/**
 * Memory of the thread beyond which it is lost, and not the whole process. Below 2 GiB V8 lets it grow to
 * less than twice what lasts before it collects, else to four times that, and takes no less time with it.
 */
const HEAP_MIB_MAX = 2000;
/** The same where it may have to keep more than this many events, at up to 1.3 kB each. */
const LARGE_HEAP_MIB_MAX = 4096;
const LARGE_EVENTS = 1_200_000;
/** What was just made. V8 would let it grow to 64, which an analysis has no time from: what it makes stays. */
const YOUNG_MIB_MAX = 16;

/** The analyst of an ingest with these limits, in a thread of its own. */
export function analystThread(
  { store, limits, log }: Pick<ThreadOptions, "store" | "log"> & { limits: Limits },
): AnalystThread {
  const { analysedEventsMax, store: { eventsPerIncidentMax } } = limits;
  const isLarge = eventsPerIncidentMax + analysedEventsMax > LARGE_EVENTS;
  const heapMiBMax = isLarge ? LARGE_HEAP_MIB_MAX : HEAP_MIB_MAX;
  return new AnalystThread({ store, log, analysedEventsMax, heapMiBMax });
}

/** The analyst in a thread of its own. */
export class AnalystThread implements Analyst {
  readonly compression = gzipCompression;
  #worker: Worker | null = null;
  #requests = new Map<number, Request>();
  #requestsMade = 0;
  #readings = new Map<number, AsyncIterator<StoredBatch>>();
  /** The last number given, and how many threads before this one had given. */
  #number = 0;
  #numbersBefore = 0;

  constructor(readonly options: ThreadOptions) {}

  /** Nobody has asked for a report yet: the thread will read from the store what it needs. */
  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void {
    const { header, refused, evicted: before, told } = batch;
    // What is told already needs no lines, and nobody else needs it.
    const segments = told === undefined ? batch.segments.map(sent) : [];
    const message = { header, refused, evicted: before, segments, ...(told && { told }) };
    const blocks = told?.events.map(({ rows }) => rows.buffer) ?? [];
    if (told?.states instanceof Uint8Array) blocks.push(told.states.buffer);
    this.#tell({ type: "stored", incident, row, batch: message, evicted }, blocks);
  }

  evicted(incident: string, evicted: Evicted[]): void {
    this.#tell({ type: "evicted", incident, evicted });
  }

  forget(incident: string): void {
    this.#tell({ type: "forget", incident });
  }

  report(asked: Asked): Promise<Made> {
    const request = ++this.#requestsMade;
    return new Promise((resolve, reject) => {
      this.#requests.set(request, { asked, lost: 0, lists: noItems(), resolve, reject });
      this.#start();
      this.#tell({ type: "report", request, asked: this.#asThere(asked) });
    });
  }

  /** Ends the thread; what is still asked of it is rejected. */
  close(): void {
    const worker = this.#worker;
    this.#worker = null;
    for (const { reject } of this.#requests.values()) reject(new Error("The ingest stops"));
    this.#requests.clear();
    worker?.terminate();
  }

  #tell(message: ToAnalyst, transferred: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(enclosed(message), transferred);
  }

  #start(): void {
    if (this.#worker !== null) return;
    const { entry, analysedEventsMax, heapMiBMax = HEAP_MIB_MAX } = this.options;
    const worker = new Worker(entry ?? new URL("./analyst_worker.ts", import.meta.url), {
      workerData: { analysedEventsMax } satisfies AnalystStart,
      resourceLimits: {
        maxOldGenerationSizeMb: heapMiBMax,
        maxYoungGenerationSizeMb: YOUNG_MIB_MAX,
      },
    });
    this.#worker = worker;
    let why = "it ended";
    worker.on("message", (message: Envelope<FromAnalyst>) => {
      if (this.#worker === worker) this.#hear(opened(message));
    });
    worker.on("error", (error: Error) => why = error.message);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#lost(why);
    });
  }

  /** Ends a thread that has nothing any more: its memory is free at once, and not when V8 comes to it. */
  #rest(): void {
    if (this.#requests.size > 0) return;
    const worker = this.#worker;
    this.#leave();
    worker?.terminate();
  }

  #leave(): void {
    this.#worker = null;
    this.#readings.clear();
    this.#numbersBefore = this.#number;
  }

  #lost(why: string): void {
    this.#leave();
    this.options.log?.(`The analysis was lost and begins again: ${why}`);
    for (const [request, one] of this.#requests) {
      one.lost += 1;
      one.lists = noItems();
      if (one.lost < THREADS_PER_REPORT) {
        this.#start();
        this.#tell({ type: "report", request, asked: this.#asThere(one.asked) });
      } else {
        this.#requests.delete(request);
        one.reject(new Error(`The analysis was lost: ${why}`));
      }
    }
  }

  #hear(message: FromAnalyst): void {
    switch (message.type) {
      case "spelled":
        this.#requests.get(message.request)?.lists[message.list].push(...message.items);
        return;
      case "made":
        return this.#made(message.request, message.made);
      case "failed":
        this.#requests.get(message.request)?.reject(new Error(message.why));
        this.#requests.delete(message.request);
        return;
      case "empty":
        return this.#rest();
      case "read": {
        const batches = this.options.store.readBatches(message.incident);
        this.#readings.set(message.reading, batches[Symbol.asyncIterator]());
        return void this.#give(message.reading);
      }
      case "next":
        return void this.#give(message.reading);
      case "left":
        this.#readings.get(message.reading)?.return?.();
        this.#readings.delete(message.reading);
    }
  }

  /** The thread counts its own reports only; what one before it gave is none of its own. */
  #asThere(asked: Asked): Asked {
    return { ...asked, since: (asked.since ?? 0) - this.#numbersBefore };
  }

  #made(request: number, made: Made): void {
    this.#number = this.#numbersBefore + made.number;
    const asked = this.#requests.get(request);
    const whole = made.whole && asked ? { ...made.whole, lists: asked.lists } : made.whole;
    asked?.resolve({ ...made, whole, number: this.#number });
    this.#requests.delete(request);
  }

  async #give(reading: number): Promise<void> {
    const worker = this.#worker;
    const iterator = this.#readings.get(reading);
    if (iterator === undefined) return;
    let message: ToAnalyst;
    try {
      const { done, value } = await iterator.next();
      const batch = done ? null : { ...value, segments: value.segments.map(sent) };
      message = { type: "batch", reading, batch };
    } catch (error) {
      message = { type: "unreadable", reading, why: String(error) };
    }
    if (this.#worker === worker) this.#tell(message);
  }
}
