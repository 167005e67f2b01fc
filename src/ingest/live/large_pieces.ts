/** A whole report that is large, as bytes in pieces. */
import { free } from "../../event/bytes.ts";
import { PIECE_BYTES, type Pieces } from "./pieces.ts";
import type { TextPieces } from "./packed_texts.ts";

/** Characters that are encoded at once, where none of their texts has more. */
const BLOCK_CHARS = 64 * 1024;
/** Bytes that are kept for whoever comes to them next; others are made again. */
export const KEPT_BYTES = 4 * 1024 * 1024;

const encoder = new TextEncoder();

/** Texts one after the other that are encoded at once. */
interface Block {
  /** Places of its first text and of its first piece. */
  text: number;
  piece: number;
}

/**
 * The pieces of a whole report. They are made when a viewer comes to them, because to encode 44 MB at once
 * takes half a second in which nobody else is answered, and the last ones alone are kept, because all of them
 * are as much memory: whoever comes later has them made again of the texts, which are kept anyway.
 */
export class LargePieces implements Pieces {
  readonly areWhole = true;
  readonly bytes: number;
  /** As far as somebody has read. */
  readonly #blocks: Block[] = [];
  #next: Block = { text: 0, piece: 0 };
  /** By their block; those that were used last come last. */
  readonly #made = new Map<Block, Uint8Array<ArrayBuffer>>();
  #madeBytes = 0;

  constructor(readonly head: string, readonly texts: TextPieces, readonly end: string) {
    this.bytes = texts.bytes + Math.min(texts.chars, KEPT_BYTES);
  }

  /** Memory of its own each time: that of what is kept here is given back while a server still has pieces. */
  at(index: number): Uint8Array<ArrayBuffer> | undefined {
    if (!this.has(index)) return undefined;
    const block = this.#blockOf(index);
    const from = (index - block.piece) * PIECE_BYTES;
    return this.#bytesOf(block).slice(from, from + PIECE_BYTES);
  }

  has(index: number): boolean {
    while (index >= this.#next.piece && this.#next.text < this.#count) this.#goOn();
    return index < this.#next.piece;
  }

  /** Of texts, with what comes before and behind them. */
  get #count(): number {
    return this.texts.texts.length + 2;
  }

  #text(index: number): string {
    if (index === 0) return this.head;
    return index === this.#count - 1 ? this.end : this.texts.at(index - 1);
  }

  /** Makes the first block that nobody has read. */
  #goOn(): void {
    const block = this.#next;
    const { bytes, after } = this.#make(block);
    this.#blocks.push(block);
    this.#next = { text: after, piece: block.piece + Math.ceil(bytes.length / PIECE_BYTES) };
    this.#keep(block, bytes);
  }

  /** The bytes of a block, and the place of the text after it. They are the same each time. */
  #make({ text }: Block): { bytes: Uint8Array<ArrayBuffer>; after: number } {
    const joined: string[] = [];
    let after = text;
    for (let chars = 0; after < this.#count; after++) {
      const one = this.#text(after);
      chars += one.length;
      if (chars > BLOCK_CHARS && joined.length > 0) break;
      joined.push(one);
    }
    return { bytes: encoder.encode(joined.join("")), after };
  }

  #bytesOf(block: Block): Uint8Array<ArrayBuffer> {
    const known = this.#made.get(block);
    if (known) this.#leave(block, known);
    return this.#keep(block, known ?? this.#make(block).bytes);
  }

  #keep(block: Block, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#made.set(block, bytes);
    this.#madeBytes += bytes.length;
    for (const [oldest, its] of this.#made) {
      if (this.#madeBytes <= KEPT_BYTES || oldest === block) break;
      this.#leave(oldest, its);
      free(its);
    }
    return bytes;
  }

  #leave(block: Block, { length }: Uint8Array): void {
    this.#made.delete(block);
    this.#madeBytes -= length;
  }

  /** The block that has a piece, of those that are known. */
  #blockOf(index: number): Block {
    let [low, high] = [0, this.#blocks.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.piece <= index) low = middle;
      else high = middle;
    }
    return this.#blocks[low]!;
  }
}
