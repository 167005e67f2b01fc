/** The bytes of a message in pieces, which all of its viewers share. */

/**
 * Bytes of one piece. A server holds a dozen pieces for a reader that has stopped reading, and keeps all
 * memory that any of them is a part of: so each piece is memory of its own, and small.
 */
export const PIECE_BYTES = 8 * 1024;

/** A message's bytes in pieces: nobody may write into them. */
export interface Pieces {
  /** What is kept in memory for it, as near as matters for a bound. */
  readonly bytes: number;
  /** Nobody took memory of them away: a stream may take that of what it is given. */
  readonly areWhole: boolean;
  /** A piece by its place; undefined: the message has no more. */
  at(index: number): Uint8Array<ArrayBuffer> | undefined;
  /** Whether there is a piece with this place. */
  has(index: number): boolean;
}

/**
 * Pieces that are all kept. A piece is made when the first viewer comes to it, so that a whole report is never
 * encoded at once: nobody else is answered meanwhile.
 */
export class KeptPieces implements Pieces {
  readonly #made: Uint8Array<ArrayBuffer>[] = [];
  #rest: Iterator<Uint8Array<ArrayBuffer>> | null;

  constructor(pieces: Iterable<Uint8Array<ArrayBuffer>>, readonly bytes: number) {
    this.#rest = pieces[Symbol.iterator]();
  }

  at(index: number): Uint8Array<ArrayBuffer> | undefined {
    return this.has(index) ? this.#made[index] : undefined;
  }

  has(index: number): boolean {
    while (this.#rest !== null && this.#made.length <= index) {
      const { done, value } = this.#rest.next();
      if (done) this.#rest = null;
      else this.#made.push(value);
    }
    return index < this.#made.length;
  }

  get areWhole(): boolean {
    return this.#made.every(({ length }) => length > 0);
  }
}
