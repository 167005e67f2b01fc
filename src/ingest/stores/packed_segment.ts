/** Segments as stores keep them: compressed, so that ten times as many fit. */
import { gunzipSync, gzipSync } from "node:zlib";
import { free } from "../../event/bytes.ts";
import type { Segment, Tier } from "./store.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Compressed lines, unpacked each time they are asked for. */
export class PackedSegment implements Segment {
  constructor(
    readonly tier: Tier,
    readonly lines: number,
    readonly chars: number,
    readonly gzip: Uint8Array,
  ) {}

  get text(): string {
    return decoder.decode(this.bytes);
  }

  /** Other memory each time. */
  get bytes(): Uint8Array {
    return gzipCompression.decompress(this.gzip, this.chars);
  }
}

/** Zlib takes no smaller pieces. */
const CHUNK_MIN = 64;

/** Compressed in this thread. A copy: zlib gives a part of 16 kB, all of which would be kept for it. */
export const gzipCompression = {
  compress(bytes: Uint8Array | string): Uint8Array<ArrayBuffer> {
    const made = gzipSync(bytes, { level: 1 });
    const compressed = new Uint8Array(made);
    free(made);
    return compressed;
  },
  /** `size`: what it is at most. Memory of one piece then; more is put together in another. */
  decompress: (bytes: Uint8Array, size: number): Uint8Array =>
    gunzipSync(bytes, { chunkSize: Math.max(CHUNK_MIN, size + 1) }),
};

/** The lines compressed. */
export const gzipOf = (segment: Segment): Uint8Array<ArrayBuffer> =>
  segment.gzip === undefined
    ? gzipCompression.compress(segment.bytes ?? segment.text)
    : segment.gzip as Uint8Array<ArrayBuffer>;
