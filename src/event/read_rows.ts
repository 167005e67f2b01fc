/** Events that are read from rows of bytes, as `rows.ts` writes them. */
import { COLUMNS } from "./columns.ts";
import type { Event } from "./event.ts";
import { RowBlock } from "./row_block.ts";
import { BYTES_OF, formOf } from "./row_columns.ts";
import { RowEvent } from "./row_event.ts";
import { RowWriter } from "./rows.ts";
import { sharedText } from "./shared_text.ts";

const FORMS = COLUMNS.map(formOf);

const decoder = new TextDecoder();

/** A shape: where in a row the value of each column is, below zero where there is none; bytes of a row. */
interface Shape {
  places: readonly number[];
  bytes: number;
}

/** Shapes that were read, by the words that they are written with. */
const shapes = new Map<string, Shape>();
/** So many are remembered: what comes from outside may have as many as it likes. */
const SHAPES_MAX = 4096;

function shapeOf(words: string): Shape {
  const known = shapes.get(words);
  if (known !== undefined) return known;
  const bits = words.split(",").map(Number);
  let bytes = 0;
  const places = FORMS.map((form, place) => {
    if ((bits[place >> 5]! >>> (place & 31) & 1) === 0) return -1;
    const at = bytes;
    bytes += BYTES_OF[form];
    return at;
  });
  if (shapes.size === SHAPES_MAX) shapes.clear();
  const shape = { places, bytes };
  shapes.set(words, shape);
  return shape;
}

/** The events of a block, in their order. They hold the block. */
export function readRows(block: Uint8Array): RowEvent[] {
  return rowsAs(block, null, (rows, from) => new RowEvent(rows, from));
}

/** How many events a block has, which none of them is read for. */
export function rowCountOf(block: Uint8Array): number {
  let count = 0;
  for (let at = 0, unit = 1;; unit *= 128) {
    const byte = block[at++]!;
    count += (byte & 127) * unit;
    if (byte < 128) return count;
  }
}

/** The same as something else that is made of the rows of an owner, and of where one of them begins. */
export function rowsAs<T>(
  block: Uint8Array,
  owner: unknown,
  make: (rows: RowBlock, from: number) => T,
): T[] {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let unit = 1;; unit *= 128) {
      const byte = block[at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  const count = number();
  const lengths = [number(), number(), number(), number()] as const;
  const json = (length: number) => JSON.parse(decoder.decode(block.subarray(at, at += length)));
  const texts = (json(lengths[0]) as string[]).map(sharedText);
  const shapes = (json(lengths[1]) as string[]).map(shapeOf);
  const told = json(lengths[2]) as [number, number | string][];
  const beyond = told.length === 0 ? null : new Map(told);
  const values = block.subarray(at + lengths[3]);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const blocks = shapes.map(({ places }) => new RowBlock(view, texts, beyond, places, owner));
  const made = new Array<T>(count);
  for (let row = 0, from = 0; row < count; row++) {
    const shape = number();
    made[row] = make(blocks[shape]!, from);
    from += shapes[shape]!.bytes;
  }
  return made;
}

/** The events of rows; those that are objects are written to rows first. */
export function asRows(events: readonly Event[]): readonly RowEvent[] {
  if (events.every((event) => event instanceof RowEvent)) return events;
  const rows = new RowWriter();
  for (const event of events) rows.event(event);
  return readRows(rows.block());
}
