/** Bytes to lines, as they arrive. A line is a stretch of bytes: what it says is read where it lies. */
import { joinBytes } from "../../event/bytes.ts";

/** Who takes lines, one after the other. */
export interface LineSink {
  /** A line without its end. The bytes hold others, too, and only until the chunk was taken. */
  line(bytes: Uint8Array, from: number, to: number): void;
  /** A line of so many characters, more than allowed, was skipped. */
  tooLong(chars: number): void;
}

const NEWLINE = 10;
const MARK = [0xef, 0xbb, 0xbf];

/**
 * Splits at "\n". A line of more than `lineCharsMax` characters is skipped without being kept. What
 * follows the last "\n" is a line too, unless it is empty. A byte order mark before all is left out.
 */
export class LineSplitter {
  /** The beginning of a line whose end has not come. */
  #rest: Uint8Array[] = [];
  #restChars = 0;
  /** Characters of a line that is skipped, so far. */
  #skipped = 0;
  #isBegun = false;

  constructor(readonly lineCharsMax: number, readonly sink: LineSink) {}

  /** Takes what came. Whoever gave it may write into it when its sink keeps nothing of it. */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(NEWLINE, from);
      if (to < 0) break;
      this.#ended(chunk, from, to);
      from = to + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** Nothing comes any more. */
  end(): void {
    if (this.#rest.length > 0 || this.#skipped > 0) this.#ended(new Uint8Array(0), 0, 0);
  }

  #ended(chunk: Uint8Array, from: number, to: number): void {
    if (this.#skipped > 0) {
      this.sink.tooLong(this.#skipped + charsIn(chunk.subarray(from, to)));
      this.#skipped = 0;
    } else if (this.#rest.length === 0) this.#whole(chunk, from, to);
    else {
      this.#rest.push(chunk.subarray(from, to));
      const line = joinBytes(this.#rest);
      this.#rest = [];
      this.#restChars = 0;
      this.#whole(line, 0, line.length);
    }
  }

  #whole(bytes: Uint8Array, begin: number, to: number): void {
    const isMarked = !this.#isBegun && MARK.every((byte, i) => bytes[begin + i] === byte);
    const from = isMarked ? begin + MARK.length : begin;
    this.#isBegun = true;
    const chars = to - from <= this.lineCharsMax ? 0 : charsIn(bytes.subarray(from, to));
    if (chars > this.lineCharsMax) this.sink.tooLong(chars);
    else this.sink.line(bytes, from, to);
  }

  /** A copy: who gave the chunk may write into it afterwards. */
  #keep(part: Uint8Array): void {
    if (this.#skipped > 0) {
      this.#skipped += charsIn(part);
      return;
    }
    this.#rest.push(part.slice());
    this.#restChars += charsIn(part);
    if (this.#restChars <= this.lineCharsMax) return;
    this.#skipped = this.#restChars;
    this.#rest = [];
    this.#restChars = 0;
  }
}

/** Characters, in UTF-16 units, of text in UTF-8. */
function charsIn(bytes: Uint8Array): number {
  let chars = 0;
  for (const byte of bytes) {
    // The first byte of a character tells how many follow; those of four bytes are two units.
    if ((byte & 0xc0) !== 0x80) chars += byte >= 0xf0 ? 2 : 1;
  }
  return chars;
}
