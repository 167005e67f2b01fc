/** Lines to batches. A bad line is refused alone; a batch is stored only when its end was seen. */
import { decodeLine, LineError } from "../../event/codec.ts";
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { RawLine } from "./lines.ts";
import { type EventTier, KINDS } from "../../event/kinds.ts";
import type { NewBatch, Segment, Tier } from "../stores/store.ts";

/** A line that was not taken, and why. */
export interface RefusedLine {
  /** From 1, counted over the whole body. */
  line: number;
  reason: string;
}

/** Bounds of lines and batches. */
export interface BatchLimits {
  /** Characters of one line. */
  lineCharsMax: number;
  /** Lines of one batch, without its header. */
  linesPerBatchMax: number;
  /** Characters of one batch. */
  batchCharsMax: number;
  /** Refused lines that are listed; all are counted. */
  refusedListedMax: number;
}

/** A whole batch, as it will be stored and as it will be analysed. */
export interface WholeBatch extends NewBatch {
  events: Event[];
  states: NetnsState[];
}

/** What an ingest wrote beside a header it archived. */
export interface ArchiveMarks {
  refused: number;
  evicted: number;
}

/** How the lines of a body are read. */
export interface ReaderOptions {
  limits: BatchLimits;
  /** Why a batch with this header can't be taken, or null. */
  check: (header: BatchHeader) => string | null;
  /** Takes the marks of an archive off a header line; only imports do. */
  unmark?: (line: string) => { line: string; marks: ArchiveMarks };
}

interface Open {
  header: BatchHeader;
  lines: number;
  chars: number;
  text: Record<Tier, string[]>;
  drops: Event[];
  ordinary: Event[];
  states: NetnsState[];
  refused: number;
  evicted: number;
}

const NO_MARKS: ArchiveMarks = { refused: 0, evicted: 0 };
/** Only at the top level of the object: a name deeper inside an event or a state may be the same. */
const HEADER_LIKE = /^\s*\{[^{[]{0,400}"kind"\s*:\s*"batch"/;

/**
 * Reads the lines of one body. A batch comes out of `push` when the next header ends it and out of
 * `end` when the body ended in order; the batch that a cut body leaves open is never given, or a
 * retry of the whole one would be taken for a duplicate.
 */
export class BatchReader {
  /** The first refused lines, and how many there are in all. */
  readonly refused: RefusedLine[] = [];
  refusedTotal = 0;
  /** Refused lines that belong to no batch that was given. */
  strayLines = 0;
  headers = 0;
  emptyLines = 0;
  /** Characters of refused and empty lines, with their ends. */
  uselessChars = 0;
  #line = 0;
  #open: Open | null = null;
  /** Why lines without an open batch are refused. */
  #noBatch = "comes before any batch header, must follow one";

  constructor(readonly options: ReaderOptions) {}

  /** The batches that these lines completed. */
  push(lines: RawLine[]): WholeBatch[] {
    const whole: WholeBatch[] = [];
    for (const line of lines) {
      this.#line += 1;
      if (line === "") {
        this.emptyLines += 1;
        this.uselessChars += 1;
        continue;
      }
      const refusedBefore = this.refusedTotal;
      const done = this.#take(line);
      if (done !== null) whole.push(done);
      if (this.refusedTotal > refusedBefore) {
        this.uselessChars += typeof line === "string" ? line.length + 1 : line.tooLong;
      }
    }
    return whole;
  }

  /** The last batch of a body that ended in order. */
  end(): WholeBatch | null {
    return this.#close();
  }

  /** Lines that were read for nothing. */
  get uselessLines(): number {
    return this.refusedTotal + this.emptyLines;
  }

  /** The probe whose batch is open; "" for none. */
  get openProbe(): string {
    return this.#open?.header.probe ?? "";
  }

  #take(line: RawLine): WholeBatch | null {
    if (typeof line !== "string") {
      const { lineCharsMax } = this.options.limits;
      this.#refuse(`is ${line.tooLong} characters long, must be at most ${lineCharsMax}`);
      return null;
    }
    if (line.charCodeAt(0) === 0x7b && HEADER_LIKE.test(line)) {
      const done = this.#close();
      this.#begin(line);
      return done;
    }
    if (this.#open === null) this.#refuse(this.#noBatch);
    else this.#add(this.#open, line);
    return null;
  }

  #begin(line: string): void {
    this.headers += 1;
    try {
      const { line: plain, marks } = this.options.unmark?.(line) ?? { line, marks: NO_MARKS };
      const decoded = decodeLine(plain);
      if (decoded.type !== "header") throw new LineError("is no batch header");
      const why = this.options.check(decoded.header);
      if (why !== null) throw new LineError(why);
      this.#open = {
        header: decoded.header,
        lines: 0,
        chars: line.length,
        text: { ordinary: [], drops: [], state: [] },
        drops: [],
        ordinary: [],
        states: [],
        ...marks,
      };
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refuse(error.message);
      this.#noBatch = `belongs to the batch of line ${this.#line}, whose header was refused`;
    }
  }

  #add(open: Open, line: string): void {
    const { linesPerBatchMax, batchCharsMax } = this.options.limits;
    if (open.lines >= linesPerBatchMax) {
      return this.#refuse(`is beyond ${linesPerBatchMax} lines, a batch must have at most those`);
    }
    if (open.chars + line.length > batchCharsMax) {
      return this.#refuse(`is beyond ${batchCharsMax} characters, a batch must be at most that`);
    }
    try {
      const decoded = decodeLine(line);
      if (decoded.type === "header") throw new LineError("is a header in the middle of a batch");
      open.lines += 1;
      open.chars += line.length;
      if (decoded.type === "state") {
        open.states.push(decoded.state);
        open.text.state.push(line);
      } else {
        const tier = tierOf(decoded.event);
        open[tier].push(decoded.event);
        open.text[tier].push(line);
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refuse(error.message);
    }
  }

  #refuse(reason: string): void {
    this.refusedTotal += 1;
    if (this.#open === null) this.strayLines += 1;
    else this.#open.refused += 1;
    if (this.refused.length < this.options.limits.refusedListedMax) {
      this.refused.push({ line: this.#line, reason });
    }
  }

  #close(): WholeBatch | null {
    const open = this.#open;
    this.#open = null;
    if (open === null) return null;
    const segments: Segment[] = [];
    for (const tier of ["ordinary", "drops", "state"] as const) {
      const lines = open.text[tier];
      if (lines.length > 0) {
        segments.push({ tier, lines: lines.length, text: lines.join("\n") + "\n" });
      }
    }
    // With it lines that were lost on their way are noticed, wherever the events are kept.
    // Those that a store threw away before it was archived had come, too. A line that came twice is
    // one: it must not stand for another that is missing.
    const { drops, ordinary } = open.text;
    const eventLines = new Set(drops).size + new Set(ordinary).size + open.evicted;
    // What an archive's header says of it is counted again, and stands in the same place.
    const { eventLines: _told, ...header } = open.header;
    return {
      header: { ...header, eventLines },
      segments,
      refused: open.refused,
      evicted: open.evicted,
      events: open.drops.concat(open.ordinary),
      states: open.states,
    };
  }
}

/** Which events are evicted first: those that only say that a packet passed. */
export function tierOf(event: Event): EventTier {
  return KINDS[event.kind].tier;
}
