/**
 * Messages that viewers have begun to read and not finished. All viewers share one copy of a message,
 * so it counts once, however many hold it. A viewer that stops reading in the midst of a large report
 * keeps that report in memory, and many that began at different moments keep many: past a bound, who
 * has held something for longest is cut off, and comes back to a fresh report when it reads again.
 */
import type { Pieces } from "./pieces.ts";

/** A viewer that holds a message. */
export interface Holder {
  /** Whose token it was opened with. */
  token: string;
  /** Ends its stream at once. It holds nothing any more. */
  cut(): void;
}

/** Bytes that may be held. One message is always allowed, whatever its size. */
export interface HeldLimits {
  /** Bytes, over all tokens. */
  liveBytesMax: number;
  /** Bytes of one token's viewers. */
  livePerTokenBytesMax: number;
}

/** What is held of one hub's messages. */
export class HeldMessages {
  /** Messages in the order in which they were begun first. */
  #held = new Map<Pieces, Set<Holder>>();
  #bytes = 0;
  /** Viewers that were cut off. */
  cutOff = 0;

  constructor(readonly limits: HeldLimits) {}

  /** Bytes of all held messages, each counted once. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A viewer begins to read a message. Others may be cut off for it. */
  begin(message: Pieces, holder: Holder): void {
    const by = this.#held.get(message) ?? new Set();
    if (by.size === 0) {
      this.#held.set(message, by);
      this.#bytes += message.bytes;
    }
    by.add(holder);
    this.#bound((by) => by.token === holder.token, this.limits.livePerTokenBytesMax);
    if (this.#bytes > this.limits.liveBytesMax) this.#bound(() => true, this.limits.liveBytesMax);
  }

  /** A viewer has read a message to its end, or left. */
  end(message: Pieces, holder: Holder): void {
    const by = this.#held.get(message);
    if (by === undefined || !by.delete(holder) || by.size > 0) return;
    this.#held.delete(message);
    this.#bytes -= message.bytes;
  }

  /** Cuts off those of some holders who hold the oldest messages, until the others' fit. */
  #bound(isOne: (holder: Holder) => boolean, bytesMax: number): void {
    const theirs = [...this.#held].filter(([, by]) => by.values().some(isOne));
    let bytes = theirs.reduce((sum, [message]) => sum + message.bytes, 0);
    for (const [message, by] of theirs.slice(0, -1)) {
      if (bytes <= bytesMax) return;
      bytes -= message.bytes;
      for (const holder of [...by].filter(isOne)) {
        this.cutOff += 1;
        holder.cut();
        this.end(message, holder);
      }
    }
  }
}
