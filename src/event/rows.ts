/**
 * Decoded events as rows of bytes: a fifth of what they take as objects. So they go from the thread
 * that decodes to the one that analyses, so they are kept there, and so they are read: an event is a
 * place among the rows (`RowEvent`), and none of it is made before it is asked for. Only within one
 * process: the form is nobody's contract.
 *
 * A block is: how many rows; all texts, as JSON; the shapes, which are the columns a row has; what has
 * no room in its place, as JSON; the shape of each row; the values. How many bytes a value takes
 * follows from its column (`row_columns.ts`), low ones first. A text is its place among the texts.
 */
import { Bytes } from "./bytes.ts";
import { type Column, COLUMNS } from "./columns.ts";
import type { Event, EventKind } from "./event.ts";
import { KNOWN } from "./field_texts.ts";
import { isLifted } from "./lift.ts";
import { BYTES_OF, formOf, type RowSink } from "./row_columns.ts";
import { rowOfScan } from "./row_fields.ts";
import { type KnownTexts, mixed, Scan } from "./scan.ts";

const placeOf = (name: keyof Event) => COLUMNS.findIndex((column) => column.name === name);
const FORMS = COLUMNS.map(formOf);
const KIND = placeOf("kind");
const TIME = placeOf("timeNs");
const CPU = placeOf("cpu");
const REASON = placeOf("reason");
const WORDS = Math.ceil(COLUMNS.length / 32);
/** Room that any row needs. */
const ROW_BYTES_MAX = FORMS.reduce((sum, form) => sum + BYTES_OF[form], 0);
/** A text's number that needs no more than its place has room for. */
const TEXT_MAX = 2 ** 16 - 2;

const SLOTS_BITS = 6;

const encoder = new TextEncoder();
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
  #beyond: [at: number, value: number | string][] = [];
  /** Shapes that were just used, by a hash of their columns. */
  #slots: ({ bits: Int32Array; number: number } | undefined)[] = new Array(2 ** SLOTS_BITS);
  /** The columns of the row that is written, as bits. */
  #bits = new Int32Array(WORDS);
  #kind: EventKind | null = null;
  #rows = 0;
  /** The latest of the times that a double holds exactly, and of the others. */
  #latest = -1;
  #latestBeyond = -1n;

  /** How many rows were written. */
  get rows(): number {
    return this.#rows;
  }

  /** No row is of a later time, ns; -1 where there is none. */
  get latestNs(): bigint {
    return this.#latestBeyond > 0n ? this.#latestBeyond : BigInt(this.#latest);
  }

  /**
   * Writes what a tab-separated line tells. Its kind; null: the line can't be read in this way, and
   * nothing was written. `decodeLine` then reads it, or says what is wrong.
   */
  line(bytes: Uint8Array, from: number, to: number): EventKind | null {
    scan.begin(bytes, from, to);
    const before = this.#begin();
    const beyond = this.#beyond.length;
    rowOfScan(scan, this);
    const isWhole = scan.isGood && scan.isOver() && this.#kind !== null && this.#has(CPU) &&
      this.#has(TIME);
    if (isWhole && !(this.#has(REASON) && isLifted(this.#kind!))) {
      this.#end();
      return this.#kind;
    }
    this.#values.at = before;
    this.#beyond.length = beyond;
    return null;
  }

  /** Writes an event. */
  event(event: Event): void {
    this.#begin();
    const values = event as unknown as Record<string, string | number | bigint | undefined>;
    for (const [place, column] of (COLUMNS as readonly Column[]).entries()) {
      const value = values[column.name];
      if (value === undefined) continue;
      const form = FORMS[place]!;
      if (form === "text") this.text(place, value as string);
      else if (form === "time") this.time(value as bigint);
      else this[form](place, value as number);
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
    this.#textNumber(place, texts.notes[slot]!);
  }

  /** The value of a column of texts. */
  text(place: number, text: string): void {
    this.#textNumber(place, this.#numberOf(text));
  }

  #textNumber(place: number, number: number): void {
    this.#note(place);
    if (number > TEXT_MAX) this.#beyond.push([this.#values.at, number]);
    this.#values.uint16(Math.min(number, TEXT_MAX + 1));
  }

  #numberOf(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.size;
    this.#texts.set(text, number);
    return number;
  }

  /** The value of a column of numbers. */
  uint8(place: number, value: number): void {
    this.#note(place);
    this.#values.uint8(this.#within(value, 0xff));
  }

  /** The same. */
  uint16(place: number, value: number): void {
    this.#note(place);
    this.#values.uint16(this.#within(value, 0xffff));
  }

  /** The same. */
  uint32(place: number, value: number): void {
    this.#note(place);
    this.#values.uint32(this.#within(value, 0xffff_ffff));
  }

  /** The same. */
  uint53(place: number, value: number): void {
    this.#note(place);
    this.#values.float64(value);
  }

  /** The value where it has room. Who hands in events that were never checked may have others. */
  #within(value: number, max: number): number {
    if (value >= 0 && value <= max && Number.isInteger(value)) return value;
    this.#beyond.push([this.#values.at, value]);
    return max;
  }

  /** The time, which the scan stands at. */
  timeOf(scan: Scan): void {
    const time = scan.nearU64();
    if (time > Number.MAX_SAFE_INTEGER) return this.time(scan.exactU64);
    this.#exactTime(time);
  }

  #exactTime(time: number): void {
    this.#note(TIME);
    if (time > this.#latest) this.#latest = time;
    this.#values.float64(time);
  }

  /** The time. */
  time(timeNs: bigint): void {
    const time = Number(timeNs);
    if (Number.isSafeInteger(time)) this.#exactTime(time);
    else {
      this.#note(TIME);
      if (timeNs > this.#latestBeyond) this.#latestBeyond = timeNs;
      this.#beyond.push([this.#values.at, String(timeNs)]);
      this.#values.float64(NaN);
    }
  }

  /** All rows as one block. Write no more afterwards. */
  block(): Uint8Array<ArrayBuffer> {
    const json = (value: unknown) => encoder.encode(JSON.stringify(value));
    const parts = [
      json([...this.#texts.keys()]),
      json([...this.#shapes.keys()]),
      json(this.#beyond),
      this.#shapeOfRows.written(),
      this.#values.written(),
    ];
    const block = new Bytes(parts.reduce((sum, { length }) => sum + length, 40));
    block.number(this.#rows);
    for (const { length } of parts.slice(0, -1)) block.number(length);
    for (const part of parts) block.append(part);
    const made = block.written().slice();
    for (const bytes of [this.#shapeOfRows, this.#values, block]) bytes.free();
    return made;
  }

  #note(place: number): void {
    this.#bits[place >> 5]! |= 1 << (place & 31);
  }

  #has(place: number): boolean {
    return (this.#bits[place >> 5]! & 1 << (place & 31)) !== 0;
  }

  /** Begins a row; gives where its values begin. */
  #begin(): number {
    this.#values.reserve(ROW_BYTES_MAX);
    // A call to fill so few takes longer.
    for (let i = 0; i < WORDS; i++) this.#bits[i] = 0;
    this.#kind = null;
    return this.#values.at;
  }

  #end(): void {
    this.#shapeOfRows.reserve(8);
    this.#shapeOfRows.number(this.#shape());
    this.#rows += 1;
  }

  /** The number of the shape that the row has. */
  #shape(): number {
    const bits = this.#bits;
    let hash = 0;
    for (let i = 0; i < WORDS; i++) hash = mixed(hash, bits[i]!);
    // Shapes mostly differ in one column: its bit must reach the slot, and the highest bits know of all.
    const slot = hash >>> 32 - SLOTS_BITS;
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
export function kindOf(bytes: Uint8Array, from: number, to: number): EventKind | null {
  scan.begin(bytes, from, to);
  const kind = scan.text(KNOWN.kind);
  return kind === "" as string || !scan.isGood ? null : kind;
}
