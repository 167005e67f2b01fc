/** Gives what was counted to the batches of the nodes where it was. Rule O23. */
import type { Event } from "../../event/event.ts";
import { bySecret } from "../read/digests.ts";
import type { Reading } from "../read/count_lines.ts";
import { Counters, readingEvents, type ToldReading } from "../read/counters.ts";

/** A node that takes events. */
interface Taker {
  batcher: { addEvent(event: Event): void };
}

/** By which secret packets are counted. */
export interface Counting {
  /** What the kernel makes of the words of a flow. */
  hashOf(words: readonly bigint[]): bigint;
  /** The number that digests say it by, from 1 on. */
  secretNumber: number;
}

/** Holds readings until they are to be told, and tells each node those of its namespaces. */
export class CountTeller<Node extends Taker> {
  readonly #counters: Counters;
  /** CLOCK_MONOTONIC of when counting began, ns; absent until then. */
  beganNs: bigint | undefined;

  /** `byNetns`: whose a namespace is. */
  constructor(
    readonly counting: Counting,
    readonly nodes: readonly Node[],
    readonly byNetns: (netns: number | undefined) => Node | undefined,
  ) {
    this.#counters = new Counters((words) => counting.hashOf(words));
  }

  /** A packet that was told: only so is it known which flow a hash is of. Its digest says its secret then. */
  note(event: Event): void {
    this.#counters.note(event);
    bySecret(event, this.counting.secretNumber);
  }

  /** A reading of one bpftrace, `source`; it is told, and all since counting began, if `isTold`. */
  take(reading: Reading, source: object, isTold: boolean): void {
    this.beganNs ??= reading.timeNs;
    this.#tell(this.#counters.take(reading, source, isTold));
  }

  /** No more readings come: what was held is told if `isTold`. */
  end(isTold: boolean): void {
    if (isTold) this.#tell(this.#counters.tell());
  }

  #tell(told: readonly ToldReading[]): void {
    for (const { rows, ...of } of told) {
      const byNode = Map.groupBy(rows, ({ netns }) => this.byNetns(netns));
      for (const node of this.nodes) {
        for (const event of readingEvents({ ...of, rows: byNode.get(node) ?? [] })) {
          node.batcher.addEvent(event);
        }
      }
    }
  }
}
