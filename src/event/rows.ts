/**
 * Decoded events as rows of bytes: a sixth of what they take as objects, and several times as quick to
 * make objects of as lines are. So they go from the thread that decodes to the one that analyses, and
 * so they are kept there. Only within one process: the form is nobody's contract.
 *
 * A block is: how many rows; all texts, as JSON; the shapes, which are the columns a row has; the shape
 * of each row; the values. Numbers are written seven bits a byte, low ones first. A text is its place
 * among the texts, a time what was added since the row before.
 */
import { Bytes } from "./bytes.ts";
import { type Column, COLUMNS } from "./columns.ts";
import type { Event, EventKind } from "./event.ts";
import { KNOWN } from "./field_texts.ts";
import { isLifted } from "./lift.ts";
import type { RowSink, RowSource } from "./row_columns.ts";
import { EventOfRow, rowOfScan } from "./row_fields.ts";
import { type KnownTexts, Scan } from "./scan.ts";

const placeOf = (name: keyof Event) => COLUMNS.findIndex((column) => column.name === name);
const KIND = placeOf("kind");
const TIME = placeOf("timeNs");
const CPU = placeOf("cpu");
const REASON = placeOf("reason");
/** In place of `TIME` where a difference would not be exact. */
const TIME_AS_TEXT = COLUMNS.length;
const WORDS = Math.ceil((COLUMNS.length + 1) / 32);
/** A difference of times up to here is exact with its sign. */
const DELTA_MAX = 2 ** 51;
/** Room that any row needs: eight bytes a number. */
const ROW_BYTES_MAX = 8 * (COLUMNS.length + 1);

const SLOTS = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const scan = new Scan();

/** Writers so far. */
let writers = 0;

/** Writes events as rows, in their order. */
export class RowWriter implements RowSink {
  /** Tells this writer's notes from those of others. */
  #writer = ++writers;
  #values = new Bytes();
  #shapeOfRows = new Bytes();
  #texts = new Map<string, number>();
  #shapes = new Map<string, number>();
  /** Shapes that were just used, by a hash of their columns. */
  #slots: ({ bits: Int32Array; number: number } | undefined)[] = new Array(SLOTS);
  /** The columns of the row that is written, as bits. */
  #bits = new Int32Array(WORDS);
  #timeBefore = 0;
  #time = 0;
  #kind: EventKind | null = null;
  #rows = 0;

  /** How many rows were written. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Writes what a tab-separated line tells. Its kind; null: the line can't be read in this way, and
   * nothing was written. `decodeLine` then reads it, or says what is wrong.
   */
  line(bytes: Uint8Array, from: number, to: number): EventKind | null {
    scan.begin(bytes, from, to);
    const before = this.#begin();
    rowOfScan(scan, this);
    const isWhole = scan.isGood && scan.isOver() && this.#kind !== null && this.#has(CPU) &&
      (this.#has(TIME) || this.#has(TIME_AS_TEXT));
    if (isWhole && !(this.#has(REASON) && isLifted(this.#kind!))) {
      this.#end();
      return this.#kind;
    }
    this.#values.at = before;
    return null;
  }

  /** Writes an event. */
  event(event: Event): void {
    this.#begin();
    const values = event as unknown as Record<string, string | number | bigint | undefined>;
    for (const [place, column] of (COLUMNS as readonly Column[]).entries()) {
      const value = values[column.name];
      if (value === undefined) continue;
      if (typeof value === "number") this.uint(place, value);
      else if (typeof value === "bigint") this.time(value);
      else this.text(place, value);
    }
    this.#end();
  }

  /** The value of the first column, by its slot among texts. */
  kind(texts: KnownTexts<EventKind>, slot: number): void {
    if (slot >= 0) this.#kind = texts.slots[slot]!;
    this.known(KIND, texts, slot);
  }

  /** The value of a column of texts, by its slot among them. */
  known(place: number, texts: KnownTexts, slot: number): void {
    // A line with such a text is wrong, which is told when all of it was read.
    if (slot < 0) return;
    if (texts.notedBy[slot] !== this.#writer) {
      texts.notes[slot] = this.#numberOf(texts.slots[slot]!);
      texts.notedBy[slot] = this.#writer;
    }
    this.#bits[place >> 5]! |= 1 << (place & 31);
    this.#values.number(texts.notes[slot]!);
  }

  /** The value of a column of texts. */
  text(place: number, text: string): void {
    this.#bits[place >> 5]! |= 1 << (place & 31);
    this.#values.number(this.#numberOf(text));
  }

  #numberOf(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.size;
    this.#texts.set(text, number);
    return number;
  }

  /** The value of a column of numbers. */
  uint(place: number, value: number): void {
    // A line with such a number is wrong, which is told when all of it was read.
    if (value > Number.MAX_SAFE_INTEGER) return;
    this.#bits[place >> 5]! |= 1 << (place & 31);
    this.#values.number(value);
  }

  /** The time. */
  time(timeNs: bigint): void {
    const time = Number(timeNs);
    const delta = time - this.#timeBefore;
    if (time <= Number.MAX_SAFE_INTEGER && Math.abs(delta) <= DELTA_MAX) {
      this.#time = time;
      this.uint(TIME, delta < 0 ? -2 * delta - 1 : 2 * delta);
    } else this.text(TIME_AS_TEXT, String(timeNs));
  }

  /** All rows as one block. Write no more afterwards. */
  block(): Uint8Array<ArrayBuffer> {
    const texts = encoder.encode(JSON.stringify([...this.#texts.keys()]));
    const shapes = encoder.encode(JSON.stringify([...this.#shapes.keys()]));
    const rows = this.#shapeOfRows.written();
    const values = this.#values.written();
    const block = new Bytes(texts.length + shapes.length + rows.length + values.length + 32);
    for (const count of [this.#rows, texts.length, shapes.length, rows.length]) block.number(count);
    for (const part of [texts, shapes, rows, values]) block.append(part);
    return block.written().slice();
  }

  #has(place: number): boolean {
    return (this.#bits[place >> 5]! & 1 << (place & 31)) !== 0;
  }

  /** Begins a row; gives where its values begin. */
  #begin(): number {
    this.#values.reserve(ROW_BYTES_MAX);
    this.#bits.fill(0);
    this.#kind = null;
    this.#time = this.#timeBefore;
    return this.#values.at;
  }

  #end(): void {
    this.#timeBefore = this.#time;
    this.#shapeOfRows.reserve(8);
    this.#shapeOfRows.number(this.#shape());
    this.#rows += 1;
  }

  /** The number of the shape that the row has. */
  #shape(): number {
    const bits = this.#bits;
    let hash = 0;
    for (let i = 0; i < WORDS; i++) hash = Math.imul(hash, 31) + bits[i]! | 0;
    const slot = (hash ^ hash >>> 12) & SLOTS - 1;
    const known = this.#slots[slot];
    if (known !== undefined && isSame(known.bits, bits)) return known.number;
    const key = bits.join();
    let number = this.#shapes.get(key);
    if (number === undefined) {
      number = this.#shapes.size;
      this.#shapes.set(key, number);
    }
    this.#slots[slot] = { bits: bits.slice(), number };
    return number;
  }
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < WORDS; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The kind of event that a tab-separated line tells of; null: not known without reading it. */
export function kindOf(line: Uint8Array): EventKind | null {
  scan.begin(line, 0, line.length);
  const kind = scan.text(KNOWN.kind);
  return kind === "" as string || !scan.isGood ? null : kind;
}

/** Where the reading of a block is. */
export class RowReader implements RowSource {
  #block: Uint8Array;
  #texts: string[];
  #shapes: Uint8Array[];
  /** Where the next shape and the next value are. */
  #shapeAt = 0;
  #at: number;
  #columns: Uint8Array = new Uint8Array(0);
  #timeBefore = 0;
  readonly rows: number;

  constructor(block: Uint8Array) {
    this.#block = block;
    this.#at = 0;
    this.rows = this.#number();
    const [texts, shapes, rows] = [this.#number(), this.#number(), this.#number()];
    const part = (length: number) =>
      JSON.parse(decoder.decode(block.subarray(this.#at, this.#at += length))) as string[];
    this.#texts = part(texts);
    this.#shapes = part(shapes).map(columnsOf);
    this.#shapeAt = this.#at;
    this.#at += rows;
  }

  /** The event of the next row. */
  next(): Event {
    const valueAt = this.#at;
    this.#at = this.#shapeAt;
    this.#columns = this.#shapes[this.#number()]!;
    this.#shapeAt = this.#at;
    this.#at = valueAt;
    return new EventOfRow(this);
  }

  /** Whether the row has this column. */
  has(place: number): boolean {
    return this.#columns[place] === 1;
  }

  /** The value of a column of texts. */
  text(): string {
    return this.#texts[this.#number()]!;
  }

  /** The value of a column of numbers. */
  uint(): number {
    return this.#number();
  }

  /** The time. */
  time(): bigint {
    if (this.has(TIME_AS_TEXT)) return BigInt(this.text());
    const sent = this.#number();
    this.#timeBefore += sent % 2 === 0 ? sent / 2 : -(sent + 1) / 2;
    return BigInt(this.#timeBefore);
  }

  #number(): number {
    const bytes = this.#block;
    let byte = bytes[this.#at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let unit = 128;; unit *= 128) {
      byte = bytes[this.#at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }
}

/** By column, 1 where a row of this shape has it. */
function columnsOf(shape: string): Uint8Array {
  const bits = shape.split(",").map(Number);
  const columns = Uint8Array.from(
    { length: TIME_AS_TEXT + 1 },
    (_, place) => bits[place >> 5]! >>> (place & 31) & 1,
  );
  // It stands in the place of the time.
  if (columns[TIME_AS_TEXT] === 1) columns[TIME] = 1;
  return columns;
}

/** The events of a block, in their order. */
export function readRows(block: Uint8Array): Event[] {
  const reader = new RowReader(block);
  const events: Event[] = [];
  for (let row = 0; row < reader.rows; row++) events.push(reader.next());
  return events;
}
