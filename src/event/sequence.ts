/**
 * Items below each other, with a height and a count of rows each. A change of one, and a look for one
 * by height, by row or by itself, cost about the root of how many there are: thousands of rows may
 * change many times a second. A library for windowed lists was not taken because those known here
 * (`@tanstack/virtual-core`) measure all items behind a new one again.
 */

/** How much room an item takes. */
export interface Extent {
  /** Count of rows. */
  rows: number;
  /** Pixels. */
  height: number;
}

/** An item, and what stands above it. */
export interface Found<T> {
  item: T;
  above: Extent;
}

interface Chunk<T> extends Extent {
  items: T[];
  /** Of each item, at its index. */
  extents: Extent[];
}

/** Items of a chunk; with more it is cut in two. */
const CHUNK_MAX = 256;

/** Items in an order. */
export class Sequence<T> {
  #chunks: Chunk<T>[] = [];
  #chunkOf = new Map<T, Chunk<T>>();
  #total: Extent = { rows: 0, height: 0 };

  get size(): number {
    return this.#chunkOf.size;
  }

  /** Of all items. */
  get total(): Readonly<Extent> {
    return this.#total;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.items[0];
  }

  has(item: T): boolean {
    return this.#chunkOf.has(item);
  }

  /** Puts an item behind all others. It must not be there yet. */
  push(item: T, extent: Extent = ONE): void {
    const last = this.#chunks.at(-1);
    this.#put(item, extent, this.#chunks.length - 1, last?.items.length ?? 0);
  }

  /** Puts an item at an index, or behind all others where there are fewer. It must not be there yet. */
  insertAt(index: number, item: T, extent: Extent = ONE): void {
    let left = index;
    for (const [at, { items }] of this.#chunks.entries()) {
      if (left <= items.length) return this.#put(item, extent, at, Math.max(0, left));
      left -= items.length;
    }
    this.push(item, extent);
  }

  /** Puts an item before the first one that `isBehind` it; those in front of it must stand in order. */
  insertBefore(isBehind: (other: T) => boolean, item: T, extent: Extent = ONE): void {
    const at = firstIndex(this.#chunks, ({ items }) => isBehind(items.at(-1)!));
    const chunk = this.#chunks[at];
    if (chunk === undefined) return this.push(item, extent);
    this.#put(item, extent, at, firstIndex(chunk.items, isBehind));
  }

  /** False: it is not there. */
  delete(item: T): boolean {
    const chunk = this.#chunkOf.get(item);
    if (chunk === undefined) return false;
    const index = chunk.items.indexOf(item);
    const extent = chunk.extents[index]!;
    this.#chunkOf.delete(item);
    chunk.items.splice(index, 1);
    chunk.extents.splice(index, 1);
    this.#grow(chunk, { rows: -extent.rows, height: -extent.height });
    if (chunk.items.length === 0) this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
    return true;
  }

  /** An item that is there takes another room. */
  resize(item: T, extent: Extent): void {
    const chunk = this.#chunkOf.get(item)!;
    const index = chunk.items.indexOf(item);
    const before = chunk.extents[index]!;
    if (before.rows === extent.rows && before.height === extent.height) return;
    chunk.extents[index] = extent;
    this.#grow(chunk, {
      rows: extent.rows - before.rows,
      height: extent.height - before.height,
    });
  }

  /** Index of an item; -1: it is not there. */
  indexOf(item: T): number {
    const chunk = this.#chunkOf.get(item);
    if (chunk === undefined) return -1;
    let index = 0;
    for (const one of this.#chunks) {
      if (one === chunk) return index + one.items.indexOf(item);
      index += one.items.length;
    }
    return -1;
  }

  /** What stands above an item; null: it is not there. */
  above(item: T): Extent | null {
    const chunk = this.#chunkOf.get(item);
    if (chunk === undefined) return null;
    const sum = { rows: 0, height: 0 };
    for (const one of this.#chunks) {
      if (one === chunk) break;
      add(sum, one);
    }
    const index = chunk.items.indexOf(item);
    for (let i = 0; i < index; i++) add(sum, chunk.extents[i]!);
    return sum;
  }

  /** The item at a height in pixels, or at a row; undefined: they end above it. */
  at(key: keyof Extent, place: number): Found<T> | undefined {
    return this.from(key, place).next().value ?? undefined;
  }

  /** The items from a height in pixels, or from a row, to the end. */
  *from(key: keyof Extent, place: number): Generator<Found<T>, undefined> {
    const above = { rows: 0, height: 0 };
    for (const chunk of this.#chunks) {
      if (above[key] + chunk[key] <= place) {
        add(above, chunk);
        continue;
      }
      for (const [i, item] of chunk.items.entries()) {
        const extent = chunk.extents[i]!;
        if (above[key] + extent[key] > place) yield { item, above: { ...above } };
        add(above, extent);
      }
    }
  }

  *[Symbol.iterator](): Generator<T> {
    for (const { items } of this.#chunks) yield* items;
  }

  clear(): void {
    this.#chunks = [];
    this.#chunkOf.clear();
    this.#total = { rows: 0, height: 0 };
  }

  #put(item: T, extent: Extent, at: number, index: number): void {
    let chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push(chunk = { items: [], extents: [], rows: 0, height: 0 });
    }
    chunk.items.splice(index, 0, item);
    chunk.extents.splice(index, 0, extent);
    this.#chunkOf.set(item, chunk);
    this.#grow(chunk, extent);
    if (chunk.items.length > CHUNK_MAX) this.#cut(chunk, Math.max(0, at));
  }

  #cut(chunk: Chunk<T>, at: number): void {
    const items = chunk.items.splice(CHUNK_MAX / 2);
    const extents = chunk.extents.splice(CHUNK_MAX / 2);
    const half: Chunk<T> = { items, extents, rows: 0, height: 0 };
    for (const item of items) this.#chunkOf.set(item, half);
    for (const extent of extents) add(half, extent);
    chunk.rows -= half.rows;
    chunk.height -= half.height;
    this.#chunks.splice(at + 1, 0, half);
  }

  #grow(chunk: Chunk<T>, by: Extent): void {
    add(chunk, by);
    add(this.#total, by);
  }
}

/** Where only the order counts. */
const ONE: Extent = { rows: 1, height: 0 };

function add(sum: Extent, { rows, height }: Extent): void {
  sum.rows += rows;
  sum.height += height;
}

/** The index of the first that is so, where all behind it are so, too; by halving. */
function firstIndex<T>(all: readonly T[], isSo: (one: T) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(all[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
