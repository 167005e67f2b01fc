/**
 * Bodies to batches: decompressed, split and decoded. Here, or in a thread of its own
 * (`reading_thread.ts`), so that the thread that answers requests decodes nothing.
 */
import type { Clock } from "../clock.ts";
import { type BodyOptions, plainBytes } from "../http/body.ts";
import { Problem } from "../http/problem.ts";
import type { BatchReader, RefusedLine, WholeBatch } from "./batches.ts";
import { LineSplitter } from "./lines.ts";

/** Which body it is, and its bounds. */
export interface BodyKind {
  /** The incident whose batches they are; null: an archive, of any. */
  incident: string | null;
  encoding: BodyOptions["encoding"];
  /** Bytes after decompression. */
  bytesMax: number;
  /** Refused and empty lines; with more it is not read further. */
  uselessLinesMax: number;
}

/** What was read of a body, so far but for `batches`. */
export interface Read {
  /** Batches that were completed since the last time this was told. */
  batches: WholeBatch[];
  refused: RefusedLine[];
  /** Number of lines that were refused. */
  refusedTotal: number;
  /** Of those, as many as belong to no batch. */
  strayLines: number;
  /** Number of headers that came. */
  headers: number;
  /** Number of lines that were read for nothing. */
  uselessLines: number;
  /** Characters of those. */
  uselessChars: number;
  /** The probe whose batch was read last; "" for none. */
  probe: string;
  /** Of an archive its first line, when it came. */
  archive: unknown;
  /** Why it can't be read further. */
  problem: Problem | null;
}

/** One body that is read. One call at a time. */
export interface Reading {
  /** Reads on. The bytes, as they were sent, must not be changed afterwards. */
  push(bytes: Uint8Array): Promise<Read>;
  /** All of the body came. */
  end(): Promise<Read>;
  /** Nothing more of it comes, or is wanted. */
  leave(): void;
}

/** Begins to read bodies. */
export interface Readings {
  open(kind: BodyKind): Reading;
}

/** What reads the lines of one body, and what it knows of the archive that it may be. */
export type LineReader = BatchReader & { archive?: unknown };

/** Reads bodies in this thread. */
export class LocalReadings implements Readings {
  constructor(
    readonly options: { lineCharsMax: number; clock: Clock },
    readonly readerOf: (incident: string | null) => LineReader,
  ) {}

  open(kind: BodyKind): Reading {
    return new BodyReading(kind, this.readerOf(kind.incident), this.options);
  }
}

class BodyReading implements Reading {
  #next: Uint8Array | null = null;
  #isOver = false;
  /** Tells the reader of chunks that there is another, and who pushed it that it was read. */
  #wake = () => {};
  #told = () => {};
  #batches: WholeBatch[] = [];
  #problem: unknown = null;
  #probe = "";
  #finished = false;

  constructor(
    readonly kind: BodyKind,
    readonly reader: LineReader,
    readonly options: { lineCharsMax: number; clock: Clock },
  ) {
    this.#run();
  }

  async push(bytes: Uint8Array): Promise<Read> {
    if (!this.#finished && bytes.length > 0) {
      const told = new Promise<void>((resolve) => this.#told = resolve);
      this.#next = bytes;
      this.#wake();
      await told;
    }
    return this.#read();
  }

  async end(): Promise<Read> {
    if (!this.#finished) {
      const told = new Promise<void>((resolve) => this.#told = resolve);
      this.#isOver = true;
      this.#wake();
      await told;
    }
    return this.#read();
  }

  leave(): void {
    this.#isOver = true;
    this.#finished = true;
    this.#wake();
  }

  #read(): Read {
    // Not one that tells of a bad body: it is the ingest that is wrong.
    if (this.#problem !== null && !(this.#problem instanceof Problem)) throw this.#problem;
    const { refused, refusedTotal, strayLines, headers, uselessLines, uselessChars } = this.reader;
    const { archive = null } = this.reader;
    const batches = this.#batches;
    this.#batches = [];
    const counts = { refusedTotal, strayLines, headers, uselessLines, uselessChars };
    return { batches, refused, ...counts, probe: this.#probe, archive, problem: this.#problem };
  }

  async #run(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#finished = true;
      this.#told();
    }
  }

  async #readAll(): Promise<void> {
    const { reader } = this;
    const splitter = new LineSplitter(this.options.lineCharsMax, {
      line: (bytes, from, to) => {
        const done = reader.line(bytes, from, to);
        if (done !== null) this.#batches.push(done);
      },
      tooLong: (chars) => reader.tooLong(chars),
    });
    const { clock } = this.options;
    for await (const bytes of plainBytes(this.#chunks(), { ...this.kind, clock })) {
      if (this.#finished) return;
      splitter.push(bytes);
      reader.keep();
      this.#probe = reader.openProbe;
      this.#mustBeOfUse();
    }
    if (this.#finished) return;
    splitter.end();
    const last = reader.end();
    if (last !== null) this.#batches.push(last);
    this.#mustBeOfUse();
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#next;
      this.#next = null;
      if (next !== null) yield next;
      else if (this.#isOver) return;
      else {
        const woken = new Promise<void>((resolve) => this.#wake = resolve);
        this.#told();
        await woken;
      }
    }
  }

  /** A good sender has few such lines; each costs as much to read as one that is kept. */
  #mustBeOfUse(): void {
    const { uselessLinesMax } = this.kind;
    if (this.reader.uselessLines <= uselessLinesMax) return;
    const detail = `Cannot accept batches: more than ${uselessLinesMax} lines were refused or ` +
      "empty, must be fewer in one body";
    throw new Problem(422, "lines_refused", detail);
  }
}
