/** Segments whose lines are bytes, and become text when somebody asks for it. */
import type { Segment, Tier } from "./store.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lines as the bytes of their text. */
export class LinesSegment implements Segment {
  constructor(
    readonly tier: Tier,
    readonly lines: number,
    readonly chars: number,
    readonly bytes: Uint8Array,
  ) {}

  get text(): string {
    return decoder.decode(this.bytes);
  }
}

/** Characters of the lines. */
export const charsOf = (segment: Segment): number => segment.chars ?? segment.text.length;

/** The bytes of the lines' text. */
export const bytesOf = (segment: Segment): Uint8Array =>
  segment.bytes ?? new TextEncoder().encode(segment.text);
