/** Segments as stores keep them: compressed, so that ten times as many fit. */
import { gunzipSync, gzipSync } from "node:zlib";
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

  get bytes(): Uint8Array {
    return gunzipSync(this.gzip);
  }
}

/** The lines compressed. A copy: zlib gives a part of 16 kB, all of which would be kept for it. */
export const gzipOf = (segment: Segment): Uint8Array<ArrayBuffer> =>
  segment.gzip === undefined
    ? new Uint8Array(gzipSync(segment.bytes ?? segment.text, { level: 1 }))
    : segment.gzip as Uint8Array<ArrayBuffer>;
