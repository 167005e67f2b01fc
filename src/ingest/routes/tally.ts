/** Sums by labels, bounded in how many series there can be. */

/** Series, and names of nodes among them: a probe calls its node what it likes. */
const SERIES_MAX = 2_000;
const NODES_MAX = 100;
const OTHER = "other";

/** Sums by outcome, cause, node and what else comes after; nodes beyond the bound are `other`. */
export class Tally {
  #sums = new Map<string, { labels: string[]; sum: number }>();
  #nodes = new Set<string>();

  add([outcome = "", cause = "", node = "", ...more]: string[], count: number): void {
    const isKnown = this.#nodes.has(node) || this.#nodes.size < NODES_MAX;
    if (isKnown) this.#nodes.add(node);
    let labels = [outcome, cause, isKnown ? node : OTHER, ...more];
    if (this.#sums.size >= SERIES_MAX && !this.#sums.has(keyOf(labels))) {
      labels = [outcome, OTHER, OTHER, ...more];
    }
    const series = this.#sums.get(keyOf(labels)) ?? { labels, sum: 0 };
    series.sum += count;
    this.#sums.set(keyOf(labels), series);
  }

  get(labels: string[]): number {
    return this.#sums.get(keyOf(labels))?.sum ?? 0;
  }

  *entries(): Iterable<[string[], number]> {
    for (const { labels, sum } of this.#sums.values()) yield [labels, sum];
  }
}

const keyOf = (labels: string[]) => JSON.stringify(labels);
