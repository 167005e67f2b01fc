/** What the kernel told of changes, until a reading takes it along. */
import type { Heard, HeardPart } from "../../event/state_heard.ts";

/** Of one namespace and part: from the first to the last that was heard. */
interface Span {
  firstNs: bigint;
  lastNs: bigint;
}

/** Keeps for each namespace which parts changed, and from when to when it was heard. */
export class HeardChanges {
  #spans = new Map<number, Map<HeardPart, Span>>();

  /** `nowNs` is the node's CLOCK_MONOTONIC, which events have too. */
  constructor(readonly nowNs: () => bigint | undefined) {}

  /** A change of this part of a namespace (its inode) was heard just now. */
  add(netns: number, part: HeardPart): void {
    const nowNs = this.nowNs();
    if (nowNs === undefined) return;
    const own = this.#spans.get(netns) ?? new Map<HeardPart, Span>();
    this.#spans.set(netns, own);
    own.set(part, { firstNs: own.get(part)?.firstNs ?? nowNs, lastNs: nowNs });
  }

  /**
   * What was heard up to the end of a reading that began at `beganNs`. What came while it was read may
   * be in it or not, so the next reading takes that along as well.
   */
  take(netns: number, beganNs: bigint): Heard[] {
    const own = this.#spans.get(netns);
    if (!own) return [];
    const heard = [...own].map(([part, { firstNs, lastNs }]) => ({
      part,
      firstNs: String(firstNs),
      lastNs: String(lastNs),
    }));
    for (const [part, span] of own) {
      if (span.lastNs < beganNs) own.delete(part);
      else own.set(part, { ...span, firstNs: span.firstNs > beganNs ? span.firstNs : beganNs });
    }
    if (own.size === 0) this.#spans.delete(netns);
    return heard;
  }

  /** The namespace is gone. */
  forget(netns: number): void {
    this.#spans.delete(netns);
  }
}
