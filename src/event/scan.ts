/**
 * Reads the fields of a tab-separated line from its bytes, without splitting it. It knows only lines
 * that are right: `isGood` is false after anything else, and who reads says what is wrong by other
 * means. Text that comes again and again, as names and addresses do, is made and looked at once, and
 * known by its bytes, four of them at a time.
 */

const TAB = 9;
const ZERO = 48;
/** Digits that fit a double exactly, whatever they are. */
const UINT_DIGITS_MAX = 15;
const U64_DIGITS_MAX = 20;
const U64_MAX = 18_446_744_073_709_551_615n;

const NO_BYTES = new Uint8Array(0);

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

/** Where the reading of one line is. */
export class Scan {
  #bytes: Uint8Array = NO_BYTES;
  /** The same bytes: four at once. */
  #view = viewOf(NO_BYTES);
  #at = 0;
  #end = 0;
  isGood = true;
  /** The last number that is beyond 2^53. */
  exactU64 = 0n;

  /** Begins with the line in `bytes` between two offsets. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    // Lines come many to a body.
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
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
    const near = this.nearU64();
    return near <= Number.MAX_SAFE_INTEGER ? BigInt(near) : this.exactU64;
  }

  /** The same as a double: beyond 2^53 it is only near, and `exactU64` has the number. */
  nearU64(): number {
    const from = this.#at;
    const value = this.#digits();
    const to = this.#at - 1;
    if (to - from > U64_DIGITS_MAX) this.isGood = false;
    if (!this.isGood) return 0;
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.exactU64 = BigInt(latin1(this.#bytes, from, to));
    if (this.exactU64 > U64_MAX) this.isGood = false;
    return value;
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
    const view = this.#view;
    const end = this.#end;
    const from = this.#at;
    let at = from;
    let hash = 0;
    let rest = 0;
    for (;; at += 4) {
      if (at + 4 > end) {
        for (let bits = 0; at < end; at++, bits += 8) {
          const byte = view.getUint8(at);
          if (byte === TAB) break;
          rest |= byte << bits;
        }
        break;
      }
      const word = view.getInt32(at, true);
      const tabs = tabsIn(word);
      if (tabs === 0) {
        hash = mixed(hash, word);
        continue;
      }
      const bits = 24 - Math.clz32(tabs & -tabs);
      rest = word & (1 << bits) - 1;
      at += bits >> 3;
      break;
    }
    this.#at = at + 1;
    const slot = texts.find(mixed(hash, rest), rest, this.#bytes, view, from, at);
    if (slot < 0) this.isGood = false;
    return slot;
  }
}

/** In the lowest byte that is a tab its highest bit is set, and none in those below. */
function tabsIn(word: number): number {
  const others = word ^ 0x09090909;
  return (others - 0x01010101) & ~others & 0x80808080;
}

/** A hash of one word more. */
export function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ product >>> 15;
}

/** Room for what there are some hundreds of, as names and addresses. */
const SLOTS = 4096;
/** No column has longer ones, and not any number of characters can be made a text at once. */
const TEXT_BYTES_MAX = 1024;
/** Of each slot the length of its text and its bytes, four to a word, where these have room. */
const WORDS_BITS = 3;
const WORDS_BYTES_MAX = 4 * (2 ** WORDS_BITS - 1) - 1;

/** Texts of one type that were found right, each in the slot its hash says; a new one replaces. */
export class KnownTexts<T extends string = string> {
  readonly slots: T[];
  /** What who uses the texts has noted of a slot, and whose note it is; 0: it has another text now. */
  readonly notes: Int32Array;
  readonly notedBy: Int32Array;
  readonly #words: Int32Array;
  readonly #mask: number;

  /** `pattern`: what is right. It must allow ASCII alone. `slots`: a power of two. */
  constructor(readonly pattern: RegExp, slots = SLOTS) {
    this.slots = new Array(slots).fill("");
    this.notes = new Int32Array(slots);
    this.notedBy = new Int32Array(slots);
    this.#words = new Int32Array(slots << WORDS_BITS);
    this.#mask = slots - 1;
  }

  /**
   * The slot of the text of these bytes; below zero when it is not right. `hash`: of its words, and of
   * `rest`, which are the bytes behind the last whole one.
   */
  find(
    hash: number,
    rest: number,
    bytes: Uint8Array,
    view: DataView,
    from: number,
    to: number,
  ): number {
    const slot = (hash ^ hash >>> 12) & this.#mask;
    const length = to - from;
    if (length > WORDS_BYTES_MAX) {
      const known = this.slots[slot]!;
      if (known.length === length && isSame(known, bytes, from)) return slot;
      return this.#learn(slot, rest, bytes, view, from, to);
    }
    const words = this.#words;
    let word = slot << WORDS_BITS;
    if (words[word++] === length) {
      let at = from;
      for (; at + 4 <= to; at += 4) if (words[word++] !== view.getInt32(at, true)) break;
      if (at + 4 > to && words[word] === rest) return slot;
    }
    return this.#learn(slot, rest, bytes, view, from, to);
  }

  #learn(
    slot: number,
    rest: number,
    bytes: Uint8Array,
    view: DataView,
    from: number,
    to: number,
  ): number {
    const length = to - from;
    if (length > TEXT_BYTES_MAX) return -1;
    const text = latin1(bytes, from, to) as T;
    if (!this.pattern.test(text)) return -1;
    this.slots[slot] = text;
    this.notedBy[slot] = 0;
    let word = slot << WORDS_BITS;
    this.#words[word++] = length;
    if (length > WORDS_BYTES_MAX) return slot;
    for (let at = from; at + 4 <= to; at += 4) this.#words[word++] = view.getInt32(at, true);
    this.#words[word] = rest;
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
