/**
 * Texts compressed some together. Those of a report are much alike and take a sixth of their memory so;
 * one at a time they would hardly get smaller.
 */
import { free } from "../../event/bytes.ts";

/** An item of a list by its id, as JSON. */
export type Spelling = [id: string, text: string];

/** How texts are compressed where the ingest runs. */
export interface Compression {
  compress(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Memory of its own. `size`: bytes of what is compressed. */
  decompress(bytes: Uint8Array, size: number): Uint8Array;
}

/** Some texts, compressed together. */
export interface Pack {
  ids: string[];
  /** Where the text of each id ends, in bytes of all. */
  ends: Uint32Array<ArrayBuffer>;
  compressed: Uint8Array<ArrayBuffer>;
}

/** A text that is in a pack. */
export interface Packed {
  pack: Pack;
  /** Its place among the texts of the pack. */
  index: number;
}

/** Characters of a pack: with more each look at one text costs more, with fewer each takes more memory. */
export const PACK_CHARS = 32 * 1024;
/** Packs whose bytes are at hand: items one after the other are of one pack, or of one and some newer ones. */
const UNPACKED_MAX = 4;

/** UTF-8 takes no more for each of UTF-16. */
const BYTES_PER_CHAR_MAX = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts as one pack. */
export function packOf(spellings: readonly Spelling[], { compress }: Compression): Pack {
  const chars = spellings.reduce((sum, [, { length }]) => sum + length, 0);
  const bytes = new Uint8Array(chars * BYTES_PER_CHAR_MAX);
  const ends = new Uint32Array(spellings.length);
  let end = 0;
  for (const [i, [, text]] of spellings.entries()) {
    ends[i] = end += encoder.encodeInto(text, bytes.subarray(end)).written;
  }
  const compressed = compress(bytes.subarray(0, end));
  free(bytes);
  return { ids: spellings.map(([id]) => id), ends, compressed };
}

/** Texts in packs, and as they are the last ones, which are too few for another. What is packed stays so. */
export function* packsOf(
  spellings: Iterable<Spelling | Pack>,
  compression: Compression,
): Generator<Pack | Spelling> {
  let waiting: Spelling[] = [];
  let chars = 0;
  for (const one of spellings) {
    if ("ids" in one) {
      yield* waiting;
      yield one;
      [waiting, chars] = [[], 0];
      continue;
    }
    waiting.push(one);
    chars += one[1].length;
    if (chars < PACK_CHARS) continue;
    yield packOf(waiting, compression);
    [waiting, chars] = [[], 0];
  }
  yield* waiting;
}

/** Bytes of a text that is in a pack. */
export const bytesIn = ({ pack: { ends }, index }: Packed): number =>
  ends[index]! - (ends[index - 1] ?? 0);

/** Reads texts out of packs. */
export class Unpacker {
  /** Those used last come last. */
  readonly #unpacked = new Map<Pack, Uint8Array>();

  constructor(readonly compression: Compression) {}

  /** A text of its own: nothing of the pack's memory is kept for it. */
  textOf({ pack, index }: Packed): string {
    return decoder.decode(this.#bytes(pack).subarray(pack.ends[index - 1] ?? 0, pack.ends[index]));
  }

  #bytes(pack: Pack): Uint8Array {
    const bytes = this.#unpacked.get(pack) ??
      this.compression.decompress(pack.compressed, pack.ends.at(-1)!);
    this.#unpacked.delete(pack);
    this.#unpacked.set(pack, bytes);
    if (this.#unpacked.size > UNPACKED_MAX) {
      const [oldest, its] = this.#unpacked.entries().next().value!;
      this.#unpacked.delete(oldest);
      free(its);
    }
    return bytes;
  }
}
