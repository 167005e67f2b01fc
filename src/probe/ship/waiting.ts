/** Batches in memory that wait to be sent, bounded as the spool is: ordinary events go first. */
import type { ProbeBatch } from "./batcher.ts";
import { countByNode, isOrdinary, thinned } from "./thin.ts";

interface Waiting {
  text: string;
  thin: boolean;
}

/**
 * A queue of batches, bounded by their characters; `onEvicted` hears of the events that a bound
 * costs.
 */
export class WaitingBatches {
  #items: Waiting[] = [];
  #chars = 0;

  constructor(
    readonly charsMax: number,
    readonly onEvicted: (node: string, events: number) => void,
  ) {}

  get length(): number {
    return this.#items.length;
  }

  push({ header, lines }: ProbeBatch): void {
    this.#add({ text: [JSON.stringify(header), ...lines, ""].join("\n"), thin: false });
  }

  /** The oldest batches, together not longer than `charsMax` unless the first alone is. */
  take(charsMax: number): string[] {
    let count = 0;
    let chars = 0;
    for (const { text } of this.#items) {
      if (count > 0 && chars + text.length > charsMax) break;
      chars += text.length;
      count += 1;
    }
    this.#chars -= chars;
    return this.#items.splice(0, count).map(({ text }) => text);
  }

  /** Puts texts back that could not be sent: they are the oldest again. */
  putBack(texts: readonly string[]): void {
    this.#items.unshift(...texts.map((text) => ({ text, thin: false })));
    this.#chars += texts.reduce((sum, { length }) => sum + length, 0);
    this.#bound();
  }

  #add(item: Waiting): void {
    this.#items.push(item);
    this.#chars += item.text.length;
    this.#bound();
  }

  #bound(): void {
    while (this.#chars > this.charsMax) {
      const item = this.#items.find(({ thin }) => !thin);
      if (item === undefined) {
        const oldest = this.#items.shift();
        if (oldest === undefined) return;
        this.#chars -= oldest.text.length;
        this.#count(countByNode(oldest.text, () => true));
        continue;
      }
      this.#count(countByNode(item.text, isOrdinary));
      this.#chars -= item.text.length;
      item.text = thinned(item.text);
      item.thin = true;
      this.#chars += item.text.length;
    }
  }

  #count(events: Map<string, number>): void {
    for (const [node, count] of events) this.onEvicted(node, count);
  }
}
