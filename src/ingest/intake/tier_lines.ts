/** The lines of one tier while their batch is read: as they are kept, and as what they tell. */
import { Bytes } from "../../event/bytes.ts";
import { RowWriter } from "../../event/rows.ts";
import { LinesSegment } from "../stores/segment.ts";
import type { Tier } from "../stores/store.ts";
import { countDistinct } from "./distinct_lines.ts";

const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

/** Lines of one tier of a batch that is read. */
export class TierLines {
  readonly #text = new Bytes();
  /** null: no events. */
  readonly rows: RowWriter | null;
  /** Behind which byte each line ends. */
  readonly #ends: number[] = [];
  #length = 0;
  #chars = 0;
  /** The last stretch of lines, which is not copied yet: nearly all lines follow the one before. */
  #bytes: Uint8Array = NOTHING;
  #from = 0;
  #to = 0;

  constructor(readonly tier: Tier) {
    this.rows = tier === "state" ? null : new RowWriter();
  }

  get lines(): number {
    return this.#ends.length;
  }

  /** A line is these bytes, which nobody changes until `keep`. `chars`: what they count as. */
  add(bytes: Uint8Array, from: number, to: number, chars: number): void {
    const isNext = bytes === this.#bytes && from === this.#to + 1 && bytes[this.#to] === NEWLINE;
    if (!isNext) {
      this.keep();
      this.#bytes = bytes;
      this.#from = from;
    }
    this.#to = to;
    this.#length += to - from + 1;
    this.#ends.push(this.#length);
    this.#chars += chars + 1;
  }

  /** Copies what came, before its bytes become others. */
  keep(): void {
    if (this.#bytes === NOTHING) return;
    this.#text.reserve(this.#to - this.#from + 1);
    this.#text.append(this.#bytes.subarray(this.#from, this.#to));
    this.#text.uint8(NEWLINE);
    this.#bytes = NOTHING;
  }

  /** The lines, and how many of them differ. */
  segment(): { segment: LinesSegment; distinct: number } {
    this.keep();
    const bytes = this.#text.written();
    const { tier, lines } = this;
    const segment = new LinesSegment(tier, lines, this.#chars, bytes);
    return { segment, distinct: tier === "state" ? 0 : countDistinct(bytes, this.#ends) };
  }
}
