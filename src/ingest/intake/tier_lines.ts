/** The lines of one tier while their batch is read: as they are kept, and as what they tell. */
import { Bytes } from "../../event/bytes.ts";
import { RowWriter } from "../../event/rows.ts";
import { LinesSegment } from "../stores/segment.ts";
import type { Tier } from "../stores/store.ts";
import { countDistinct } from "./distinct_lines.ts";

const NEWLINE = 10;

/** Lines of one tier of a batch that is read. */
export class TierLines {
  readonly text = new Bytes();
  /** null: no events. */
  readonly rows: RowWriter | null;
  /** Behind which byte each line ends. */
  readonly #ends: number[] = [];
  #chars = 0;

  constructor(readonly tier: Tier) {
    this.rows = tier === "state" ? null : new RowWriter();
  }

  get lines(): number {
    return this.#ends.length;
  }

  /** A line is these bytes. `chars`: how many characters they are. */
  add(bytes: Uint8Array, from: number, to: number, chars: number): void {
    this.text.reserve(to - from + 1);
    this.text.append(bytes, from, to);
    this.text.uint8(NEWLINE);
    this.#ends.push(this.text.at);
    this.#chars += chars + 1;
  }

  /** The lines, and how many of them differ. */
  segment(): { segment: LinesSegment; distinct: number } {
    const bytes = this.text.written();
    const { tier, lines } = this;
    const segment = new LinesSegment(tier, lines, this.#chars, bytes);
    return { segment, distinct: tier === "state" ? 0 : countDistinct(bytes, this.#ends) };
  }
}
