/** Bytes that are put together: all at once, or growing while numbers and others are written. */

const FIRST_BYTES = 4096;

/** The bytes of all parts, one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Memory that is no smaller is no part of a larger piece: of less, Node gives parts of one of 8 KiB. */
const OWN_BYTES_MIN = 16 * 1024;

/**
 * Gives memory back that nobody else has and nobody will read. Else it stays until garbage is collected, and
 * what lies outside of the heap hurries no collection: a thread that read a store back kept 60 MB for nothing.
 */
export function free({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= OWN_BYTES_MIN) buffer.transfer(0);
}

/** Bytes that grow. */
export class Bytes {
  #bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes. */
  #view: DataView;
  /** Where the next is written: what was written behind it is forgotten. */
  at = 0;

  constructor(size = FIRST_BYTES) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Makes room for so many more. */
  reserve(count: number): void {
    if (this.at + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length + count);
    larger.set(this.#bytes);
    free(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** A whole number from 0 to 2^53 - 1 in at most eight bytes, for which there must be room. */
  number(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) bytes[this.at++] = rest % 128 | 128;
    for (; rest > 127; rest >>>= 7) bytes[this.at++] = rest & 127 | 128;
    bytes[this.at++] = rest;
  }

  /** A whole number of so many bits, low ones first, for which there must be room. */
  uint8(value: number): void {
    this.#bytes[this.at++] = value;
  }

  /** The same. */
  uint16(value: number): void {
    this.#view.setUint16(this.at, value, true);
    this.at += 2;
  }

  /** The same. */
  uint32(value: number): void {
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** A double, low bytes first, for which there must be room. */
  float64(value: number): void {
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** Other bytes. */
  append(other: Uint8Array): void {
    this.reserve(other.length);
    this.#bytes.set(other, this.at);
    this.at += other.length;
  }

  /** Gives its memory back. Nothing is written any more, and what was is not read. */
  free(): void {
    free(this.#bytes);
  }

  /** What was written, not a copy: it is none any more when more is written. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.at);
  }
}
