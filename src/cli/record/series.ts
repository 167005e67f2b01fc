/** Batches from a moment on, as batches of an incident of its own. */
import type { BatchHeader } from "../../event/batch.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import type { Before } from "./before.ts";

/** Gives each batch its place in the incident, in the order in which they come. */
export class Series {
  readonly #begun = new Set<string>();

  constructor(readonly incident: string, readonly before: Before) {}

  /** The batch as it is told there; the first of a probe brings what was so before. */
  told({ header, lines }: ProbeBatch): ProbeBatch {
    const { probe } = header;
    const base = this.before.headerOf(probe);
    const earlier = this.#begun.has(probe) ? [] : this.before.linesOf(probe);
    this.#begun.add(probe);
    const own = base === undefined ? header : after(header, base);
    return { header: { ...own, incident: this.incident }, lines: [...earlier, ...lines] };
  }
}

/** Whether a stretch of time lasted beyond a moment. */
const isAfter = (ns: string) => ({ toNs }: { toNs: string }) => BigInt(toNs) > BigInt(ns);

/**
 * The header of a batch of a probe that began when it had told `base`. What was counted late, of the time
 * before it, counts: that claims less.
 */
function after(header: BatchHeader, base: BatchHeader): BatchHeader {
  const { totals, missed, sampled, recorder } = header;
  const attachedNs = BigInt(base.untilNs) > BigInt(header.attachedNs)
    ? base.untilNs
    : header.attachedNs;
  const since = (name: keyof BatchHeader["totals"]) => totals[name] - base.totals[name];
  return {
    ...header,
    sequence: header.sequence - base.sequence - 1,
    attachedNs,
    totals: {
      events: since("events"),
      lost: since("lost"),
      refused: since("refused"),
      evicted: since("evicted"),
    },
    ...(missed ? { missed: missed.filter(isAfter(attachedNs)) } : {}),
    ...(sampled ? { sampled: sampled.filter(isAfter(attachedNs)) } : {}),
    ...(recorder
      ? {
        recorder: {
          overwritten: recorder.overwritten - (base.recorder?.overwritten ?? 0),
          spared: (recorder.spared ?? 0) - (base.recorder?.spared ?? 0),
        },
      }
      : {}),
  };
}
