/**
 * What a trace has told so far, to wait for: a case is about what is said of what was seen, and not about
 * how fast a busy machine sees it.
 */
import { ANSWER_NS } from "../../../src/analysis/verdict/answer_due.ts";
import type { Batch } from "../../../src/analysis/view/input.ts";
import type { NodeSpec } from "../../../src/probe/session/nodes.ts";

/** What does not come is judged without it. */
const WAIT_MAX_MS = 60_000;

interface Told {
  /** The last event, by the kernel's clock. */
  lastNs: bigint;
  /** Up to when all was told, by the same. */
  untilNs: bigint;
  /** Namespaces, by inode, whose state was read. */
  states: Set<number>;
}

export class Telling {
  readonly #nodes = new Map<string, Told>();
  #wake = () => {};

  note({ header, events, states }: Batch): void {
    const told = this.#of(header.node);
    told.untilNs = BigInt(header.untilNs);
    for (const { timeNs } of events) if (timeNs > told.lastNs) told.lastNs = timeNs;
    for (const { netns } of states) told.states.add(netns);
    this.#wake();
  }

  /** Of a node with many namespaces a session reads some only after it is ready. */
  async untilRead(nodes: readonly NodeSpec[]): Promise<void> {
    await this.#until(() =>
      nodes.every(({ name, netns }) => netns.every(({ inode }) => this.#of(name).states.has(inode)))
    );
  }

  /** That no answer followed is no proof before there was enough silence on each of the nodes. */
  async untilSilent(nodes: readonly NodeSpec[]): Promise<void> {
    await this.#until(() => {
      const all = nodes.map(({ name }) => this.#of(name));
      const lastNs = all.reduce((last, told) => told.lastNs > last ? told.lastNs : last, 0n);
      return all.every(({ untilNs }) => untilNs > lastNs + BigInt(ANSWER_NS));
    });
  }

  #of(node: string): Told {
    const found = this.#nodes.get(node);
    if (found !== undefined) return found;
    const told = { lastNs: 0n, untilNs: 0n, states: new Set<number>() };
    this.#nodes.set(node, told);
    return told;
  }

  async #until(holds: () => boolean): Promise<void> {
    let isLate = false;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      isLate = true;
      late.resolve();
    }, WAIT_MAX_MS);
    while (!isLate && !holds()) {
      const news = Promise.withResolvers<void>();
      this.#wake = news.resolve;
      await Promise.race([news.promise, late.promise]);
    }
    clearTimeout(timer);
  }
}
