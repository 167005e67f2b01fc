/** What a node's readings of its namespaces are looked through for once, and not again with each that comes. */
import type { NetnsState } from "../../event/state.ts";
import type { NodeView, Reading } from "./timeline.ts";

/** An index of one node's readings: all that is in any of them, by whatever it is asked for. */
export abstract class ReadingIndex {
  /** How many readings of each namespace were looked at, and the last of them. */
  #looked = new Map<number, { count: number; last: Reading | undefined }>();
  #version = -1;

  constructor(readonly node: NodeView) {}

  /** Adds what one reading has. */
  protected abstract add(netns: number, state: NetnsState): void;

  /** Forgets all. */
  protected abstract clear(): void;

  /** Each reading is looked at once, unless one comes that is older than another. */
  protected look(): void {
    const { version } = this.node.statesSource;
    if (this.#version === version) return;
    this.#version = version;
    const { states } = this.node;
    const isInOrder = [...this.#looked].every(([netns, { count, last }]) =>
      states.get(netns)?.[count - 1] === last
    );
    if (!isInOrder) {
      this.clear();
      this.#looked.clear();
    }
    for (const [netns, readings] of states) {
      const from = this.#looked.get(netns)?.count ?? 0;
      if (from === readings.length) continue;
      for (const { state } of readings.slice(from)) this.add(netns, state);
      this.#looked.set(netns, { count: readings.length, last: readings.at(-1) });
    }
  }
}
