/** The bytes of rows, and what is read from them. */

/** What no row has room for, by where its value would stand. */
export type Beyond = ReadonlyMap<number, number | string>;

/**
 * Rows that were written together and have the same columns, of which values are read in their place. Where
 * a value has all bits set, it may be one that has no room there, and stands beside: it is looked up by its
 * place.
 */
export class RowBlock {
  readonly #view: DataView;
  readonly #texts: readonly string[];
  readonly #beyond: Beyond | null;

  /**
   * `view`: all rows. `places`: by column, where in a row its value is; below zero: it has none. `owner`: whose
   * they are, so that no event has to say so.
   */
  constructor(
    view: DataView,
    texts: readonly string[],
    beyond: Beyond | null,
    readonly places: readonly number[],
    readonly owner: unknown,
  ) {
    this.#view = view;
    this.#texts = texts;
    this.#beyond = beyond;
  }

  /** The same rows, of this owner. */
  of(owner: unknown): RowBlock {
    return new RowBlock(this.#view, this.#texts, this.#beyond, this.places, owner);
  }

  uint8(at: number): number {
    const value = this.#view.getUint8(at);
    return value === 0xff ? this.#number(at, value) : value;
  }

  uint16(at: number): number {
    const value = this.#view.getUint16(at, true);
    return value === 0xffff ? this.#number(at, value) : value;
  }

  uint32(at: number): number {
    const value = this.#view.getUint32(at, true);
    return value === 0xffff_ffff ? this.#number(at, value) : value;
  }

  uint53(at: number): number {
    return this.#view.getFloat64(at, true);
  }

  text(at: number): string {
    return this.#texts[this.uint16(at)]!;
  }

  /** A time, ns; NaN where a double does not hold it exactly. */
  timeAsNumber(at: number): number {
    return this.#view.getFloat64(at, true);
  }

  /** A time, ns. */
  time(at: number): bigint {
    const time = this.#view.getFloat64(at, true);
    return BigInt(time === time ? time : this.#beyond!.get(at)!);
  }

  #number(at: number, value: number): number {
    return this.#beyond === null ? value : this.#beyond.get(at) as number | undefined ?? value;
  }
}
