/** The lines of one tier while their batch is read: as they are kept, and as what they tell. */
import { Bytes } from "../../event/bytes.ts";
import { RowWriter } from "../../event/rows.ts";
import { LinesSegment } from "../stores/segment.ts";
import type { Tier } from "../stores/store.ts";

const NEWLINE = Uint8Array.of(10);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lines of one tier of a batch that is read. */
export class TierLines {
  readonly text = new Bytes();
  /** null: no events. */
  readonly rows: RowWriter | null;
  lines = 0;

  constructor(readonly tier: Tier) {
    this.rows = tier === "state" ? null : new RowWriter();
  }

  add(bytes: Uint8Array): void {
    this.text.append(bytes);
    this.text.append(NEWLINE);
    this.lines += 1;
  }

  /** The lines, and how many of them differ. */
  segment(): { segment: LinesSegment; distinct: number } {
    const bytes = this.text.written();
    const text = decoder.decode(bytes);
    const { tier, lines } = this;
    const segment = new LinesSegment(tier, lines, text.length, bytes);
    return { segment, distinct: tier === "state" ? 0 : new Set(text.split("\n")).size - 1 };
  }
}
