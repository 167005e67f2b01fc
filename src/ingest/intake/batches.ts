/** Lines to batches. A bad line is refused alone; a batch is stored only when its end was seen. */
import { decodeLine, LineError } from "../../event/codec.ts";
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import { kindOf } from "../../event/rows.ts";
import { type StateLine, weightBeside } from "../../event/state_line.ts";
import { type EventTier, KINDS } from "../../event/kinds.ts";
import { type NewBatch, type Tier, TIERS } from "../stores/store.ts";
import { TierLines } from "./tier_lines.ts";

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

/** Events of one tier, as `readRows` reads them. */
export interface TierRows {
  tier: EventTier;
  rows: Uint8Array<ArrayBuffer>;
}

/** What a batch tells, decoded. */
export interface Told {
  events: TierRows[];
  /** Readings of state; as JSON where they come from another thread. */
  states: StateLine[] | Uint8Array<ArrayBuffer>;
}

/** A whole batch, as it will be stored and as it will be analysed. */
export interface WholeBatch extends NewBatch {
  told: Told;
  /** How many events it has. */
  events: number;
  /** How many states it has. */
  states: number;
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
  tiers: Map<Tier, TierLines>;
  states: StateLine[];
  refused: number;
  evicted: number;
}

const BRACE = 0x7b;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
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

  /** A line, of bytes that nobody changes until `keep`; gives the batch that it completed. */
  line(bytes: Uint8Array, from: number, to: number): WholeBatch | null {
    this.#line += 1;
    if (from === to) {
      this.emptyLines += 1;
      this.uselessChars += 1;
      return null;
    }
    const refusedBefore = this.refusedTotal;
    const done = this.#take(bytes, from, to);
    if (this.refusedTotal > refusedBefore) this.uselessChars += to - from + 1;
    return done;
  }

  /** To be called before bytes that lines were told of become others. */
  keep(): void {
    for (const tier of this.#open?.tiers.values() ?? []) tier.keep();
  }

  /** A line that was too long to be kept. */
  tooLong(chars: number): void {
    this.#line += 1;
    const { lineCharsMax } = this.options.limits;
    this.#refuse(`is ${chars} characters long, must be at most ${lineCharsMax}`);
    this.uselessChars += chars;
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

  #take(bytes: Uint8Array, from: number, to: number): WholeBatch | null {
    let text: string | null = null;
    if (bytes[from] === BRACE) {
      text = decoder.decode(bytes.subarray(from, to));
      if (HEADER_LIKE.test(text)) {
        const done = this.#close();
        this.#begin(text);
        return done;
      }
    }
    if (this.#open === null) this.#refuse(this.#noBatch);
    else if (this.#hasRoom(this.#open, text?.length ?? to - from)) {
      this.#add(this.#open, bytes, from, to, text);
    }
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
        tiers: new Map(),
        states: [],
        ...marks,
      };
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refuse(error.message);
      this.#noBatch = `belongs to the batch of line ${this.#line}, whose header was refused`;
    }
  }

  #hasRoom(open: Open, chars: number): boolean {
    const { linesPerBatchMax, batchCharsMax } = this.options.limits;
    if (open.lines >= linesPerBatchMax) {
      this.#refuse(`is beyond ${linesPerBatchMax} lines, a batch must have at most those`);
      return false;
    }
    if (open.chars + chars <= batchCharsMax) return true;
    this.#refuse(`is beyond ${batchCharsMax} characters, a batch must be at most that`);
    return false;
  }

  #add(open: Open, bytes: Uint8Array, from: number, to: number, json: string | null): void {
    try {
      this.#keep(open, bytes, from, to, json);
      open.lines += 1;
      open.chars += json?.length ?? to - from;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refuse(error.message);
    }
  }

  #keep(open: Open, bytes: Uint8Array, from: number, to: number, json: string | null): void {
    const kind = json === null ? kindOf(bytes, from, to) : null;
    if (kind !== null) {
      const tier = tierIn(open, KINDS[kind].tier);
      // Such a line is ASCII alone.
      if (tier.rows!.line(bytes, from, to) !== null) return tier.add(bytes, from, to, to - from);
    }
    const line = bytes.subarray(from, to);
    const text = json ?? decoder.decode(line);
    const decoded = decodeLine(text);
    if (decoded.type === "header") throw new LineError("is a header in the middle of a batch");
    // What was no UTF-8 was read as something else, and so it is kept.
    const own = text.includes("\ufffd") ? encoder.encode(text) : line;
    if (decoded.type !== "event") {
      const told = decoded.type === "state" ? decoded.state : decoded.cluster;
      open.states.push(told);
      return tierIn(open, "state").add(own, 0, own.length, text.length + weightBeside(told));
    }
    const tier = tierIn(open, tierOf(decoded.event));
    tier.rows!.event(decoded.event);
    tier.add(own, 0, own.length, text.length);
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
    const tiers = TIERS.flatMap((tier) => open.tiers.get(tier) ?? []);
    const kept = tiers.filter(({ lines }) => lines > 0).map((each) => ({
      ...each.segment(),
      rows: each.rows,
    }));
    // With it lines that were lost on their way are noticed, wherever the events are kept.
    // Those that a store threw away before it was archived had come, too. A line that came twice is
    // one: it must not stand for another that is missing.
    const eventLines = kept.reduce((sum, { distinct }) => sum + distinct, open.evicted);
    // What an archive's header says of it is counted again, and stands in the same place.
    const { eventLines: _told, dropLines: _drops, latestEventNs: _latest, ...header } = open.header;
    return {
      header: { ...header, eventLines, ...eventsOf(open) },
      segments: kept.map(({ segment }) => segment),
      refused: open.refused,
      evicted: open.evicted,
      told: {
        events: kept.flatMap(({ segment, rows }) =>
          rows === null ? [] : [{ tier: segment.tier as EventTier, rows: rows.block() }]
        ),
        states: open.states,
      },
      events: kept.reduce((sum, { rows }) => sum + (rows?.rows ?? 0), 0),
      states: open.states.length,
    };
  }
}

/** What the header tells of the events that came. Of those that an archive has no more it told it. */
function eventsOf({ header, tiers, evicted }: Open) {
  const latestNs = [...tiers.values()].reduce(
    (latest, { rows }) => rows !== null && rows.latestNs > latest ? rows.latestNs : latest,
    -1n,
  );
  const dropLines = tiers.get("drops")?.lines ?? 0;
  if (evicted === 0) return latestNs < 0n ? {} : { dropLines, latestEventNs: String(latestNs) };
  const told = header.latestEventNs;
  if (told === undefined || header.dropLines === undefined) return {};
  return {
    dropLines: Math.max(dropLines, header.dropLines),
    latestEventNs: BigInt(told) > latestNs ? told : String(latestNs),
  };
}

function tierIn({ tiers }: Open, tier: Tier): TierLines {
  const known = tiers.get(tier);
  if (known !== undefined) return known;
  const begun = new TierLines(tier);
  tiers.set(tier, begun);
  return begun;
}

/** Which events are evicted first: those that only say that a packet passed. */
export const tierOf = (event: Event): EventTier => KINDS[event.kind].tier;
