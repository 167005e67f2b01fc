/**
 * Reads the fields of a tab-separated line from its bytes, without splitting it. It knows only lines
 * that are right: `isGood` is false after anything else, and who reads says what is wrong by other
 * means. Text that comes again and again, as names and addresses do, is made and looked at once.
 */

const TAB = 9;
const ZERO = 48;
/** Digits that fit a double exactly, whatever they are. */
const UINT_DIGITS_MAX = 15;
const U64_DIGITS_MAX = 20;
const U64_MAX = 18_446_744_073_709_551_615n;

/** Where the reading of one line is. */
export class Scan {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  isGood = true;

  /** Begins with the line in `bytes` between two offsets. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    // Encoders leave empty columns at the end out; with them it would have to be counted.
    this.isGood = bytes[to - 1] !== TAB;
  }

  /** Whether the next field holds anything. An empty one is passed over. */
  has(): boolean {
    if (this.#at >= this.#end) return false;
    if (this.#bytes[this.#at] !== TAB) return true;
    this.#at += 1;
    return false;
  }

  /** Whether all of the line was read, and the last field was not empty. */
  isOver(): boolean {
    return this.#at > this.#end;
  }

  /** A number from 0 to `max`, without leading zeros. */
  uint(max: number): number {
    const from = this.#at;
    const value = this.#digits();
    const digits = this.#at - 1 - from;
    const isPadded = digits > 1 && this.#bytes[from] === ZERO;
    if (isPadded || digits > UINT_DIGITS_MAX || value > max) this.isGood = false;
    return value;
  }

  /** A number from 0 to 2^64 - 1; zeros may lead it. */
  u64(): bigint {
    const from = this.#at;
    const value = this.#digits();
    const to = this.#at - 1;
    if (to - from > U64_DIGITS_MAX) this.isGood = false;
    if (!this.isGood) return 0n;
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    const exact = BigInt(latin1(this.#bytes, from, to));
    if (exact > U64_MAX) this.isGood = false;
    return exact;
  }

  /** Goes behind the field; beyond 2^53 the value is only near. */
  #digits(): number {
    const bytes = this.#bytes;
    let value = 0;
    let at = this.#at;
    for (; at < this.#end; at++) {
      const byte = bytes[at]!;
      if (byte === TAB) break;
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) this.isGood = false;
      value = value * 10 + digit;
    }
    this.#at = at + 1;
    return value;
  }

  /** A text, which `texts` has seen before or finds right. */
  text<T extends string>(texts: KnownTexts<T>): T {
    const slot = this.slot(texts);
    return slot < 0 ? "" as T : texts.slots[slot]!;
  }

  /** The same as its slot among `texts`; below zero: it is not right. */
  slot(texts: KnownTexts): number {
    const bytes = this.#bytes;
    const from = this.#at;
    let hash = 0;
    let at = from;
    for (; at < this.#end; at++) {
      const byte = bytes[at]!;
      if (byte === TAB) break;
      hash = Math.imul(hash, 31) + byte | 0;
    }
    this.#at = at + 1;
    const slot = texts.find(hash, bytes, from, at);
    if (slot < 0) this.isGood = false;
    return slot;
  }
}

/** Room for what there are some hundreds of, as names and addresses. */
const SLOTS = 4096;
/** No column has longer ones, and not any number of characters can be made a text at once. */
const TEXT_BYTES_MAX = 1024;

/** Texts of one type that were found right, each in the slot its hash says; a new one replaces. */
export class KnownTexts<T extends string = string> {
  readonly slots: T[];
  /** What who uses the texts has noted of a slot, and whose note it is; 0: it has another text now. */
  readonly notes: Int32Array;
  readonly notedBy: Int32Array;
  readonly #mask: number;

  /** `pattern`: what is right. It must allow ASCII alone. `slots`: a power of two. */
  constructor(readonly pattern: RegExp, slots = SLOTS) {
    this.slots = new Array(slots).fill("");
    this.notes = new Int32Array(slots);
    this.notedBy = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  /** The slot of the text of these bytes; below zero when it is not right. */
  find(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const slot = (hash ^ hash >>> 12) & this.#mask;
    const known = this.slots[slot]!;
    if (known.length === to - from && isSame(known, bytes, from)) return slot;
    if (to - from > TEXT_BYTES_MAX) return -1;
    const text = latin1(bytes, from, to) as T;
    if (!this.pattern.test(text)) return -1;
    this.slots[slot] = text;
    this.notedBy[slot] = 0;
    return slot;
  }
}

function isSame(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[from + i]) return false;
  }
  return true;
}

const codes: number[] = [];

/** A text of its own: a slice would keep the whole body it was cut from. */
function latin1(bytes: Uint8Array, from: number, to: number): string {
  codes.length = to - from;
  for (let i = from; i < to; i++) codes[i - from] = bytes[i]!;
  return String.fromCharCode.apply(null, codes);
}
