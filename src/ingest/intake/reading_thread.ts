/**
 * Bodies read in a thread of their own: decompressed, decoded and compressed again for the store. The
 * thread that answers only passes their bytes on. It is started with the first body, and again when it
 * was lost: then the bodies it read fail, and who sent them sends them again.
 */
import { Worker } from "node:worker_threads";
import { enclosed, type Envelope, opened } from "../envelope.ts";
import { Problem } from "../http/problem.ts";
import { PackedSegment } from "../stores/packed_segment.ts";
import type { BodyKind, Read, Reading, Readings } from "./reading.ts";
import type { FromReader, ReadingStart, SentRead, ToReader } from "./reading_messages.ts";

/** What the thread is started with. */
export interface ReadingThreadOptions extends ReadingStart {
  /** The thread's entry. */
  entry: URL;
  /** Told of a thread that was lost. */
  log?: ((line: string) => void) | undefined;
}

interface Waiting {
  resolve: (read: Read) => void;
  reject: (error: Error) => void;
}

/** Memory of the thread beyond which it is lost, and not the whole process. */
const HEAP_MIB_MAX = 1024;
/**
 * What was just made: nearly all of it lasts for one body. V8 would let it grow to 64, and takes no less
 * time with that.
 */
const YOUNG_MIB_MAX = 8;

/** The readings of an ingest, in a thread of their own. */
export class ReadingThread implements Readings {
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #bodies = 0;

  constructor(readonly options: ReadingThreadOptions) {}

  open(kind: BodyKind): Reading {
    const worker = this.#worker ?? this.#start();
    const body = ++this.#bodies;
    const tell = (message: ToReader, moved: ArrayBuffer[] = []) => {
      if (this.#worker === worker) worker.postMessage(enclosed(message), moved);
    };
    const asked = (message: ToReader, moved: ArrayBuffer[] = []) =>
      new Promise<Read>((resolve, reject) => {
        if (this.#worker !== worker) return reject(new Error("The thread that read it was lost"));
        this.#waiting.set(body, { resolve, reject });
        tell(message, moved);
      });
    tell({ type: "open", body, kind });
    return {
      push(bytes) {
        // A copy that can be moved: the rest of what it is a part of is needed here.
        const own = new Uint8Array(bytes);
        return asked({ type: "push", body, bytes: own }, [own.buffer]);
      },
      end: () => asked({ type: "end", body }),
      leave: () => {
        this.#waiting.delete(body);
        tell({ type: "leave", body });
      },
    };
  }

  /** Ends the thread; bodies that are being read fail. */
  close(): void {
    const worker = this.#worker;
    this.#fail("The ingest stops");
    worker?.terminate();
  }

  #fail(why: string): void {
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }

  #start(): Worker {
    const { entry, limits, log } = this.options;
    const worker = new Worker(entry, {
      workerData: { limits } satisfies ReadingStart,
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_MIB_MAX,
        maxYoungGenerationSizeMb: YOUNG_MIB_MAX,
      },
    });
    this.#worker = worker;
    let why = "it ended";
    worker.on("message", (message: Envelope<FromReader>) => {
      if (this.#worker === worker) this.#hear(opened(message));
    });
    worker.on("error", (error: Error) => why = error.message);
    worker.on("exit", () => {
      if (this.#worker !== worker) return;
      log?.(`The reading of bodies was lost and begins again: ${why}`);
      this.#fail(`The reading of bodies was lost: ${why}`);
    });
    return worker;
  }

  #hear(message: FromReader): void {
    const waiting = this.#waiting.get(message.body);
    this.#waiting.delete(message.body);
    if (message.type === "read") waiting?.resolve(received(message.read));
    else waiting?.reject(new Error(message.why));
  }
}

function received({ problem, batches, ...read }: SentRead): Read {
  return {
    ...read,
    batches: batches.map((batch) => ({
      ...batch,
      segments: batch.segments.map(({ tier, lines, chars, gzip }) =>
        new PackedSegment(tier, lines, chars!, gzip!)
      ),
    })),
    problem: problem && new Problem(problem.status, problem.code, problem.detail),
  };
}
