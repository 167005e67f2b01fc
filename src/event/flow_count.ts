/** What the kernel counted of a flow, beside the packets that were told one by one. Rule O24. */
import { z } from "zod";
import { count, PacketCounts, STAGES, text, timeOfDay } from "./report_parts.ts";

/** A place where packets were counted. */
export const CountedAt = z.object({
  node: text(253),
  /** Name where one exists, else the inode. */
  netns: text(253),
  device: text(64),
  ifindex: count,
  stage: z.enum(STAGES),
});

/** Packets of a flow by counters; its `packets` are of these where their `basis` is `counted`. */
export const FlowCount = z.object({
  /** What was counted, in one sentence. */
  sentence: text(1000),
  /** Why it can't be said what was lost; then the numbers are absent. */
  gap: text(500).optional(),
  /**
   * Packets at the first place of its way where they were counted, and at the last one. Of a flow that was on
   * its way before without those that passed before what became of each is known (O42).
   */
  packets: count.optional(),
  arrived: count.optional(),
  /** Packets that were lost between any two of its places; with `lostAtMost` at least so many. */
  lost: count.optional(),
  /**
   * No more than these were lost: the kernel left out runs of the scripts that count, so that some of
   * `packets` may have passed uncounted. Absent: `lost` is all, or more may be (`atLeast`).
   */
  lostAtMost: count.optional(),
  /** Those that were told one by one, where the flow's `packets` are counted. */
  traced: PacketCounts.optional(),
  /** Bytes of the payload of `packets`, and of those that were lost; absent: not known. */
  bytes: count.optional(),
  lostBytes: count.optional(),
  /** More may be lost: some were on their way when counting began, or counts of some time are missing. */
  atLeast: z.literal(true).optional(),
  /** From when to when packets were counted, by the clock of the node of the first place. */
  since: timeOfDay.optional(),
  until: timeOfDay.optional(),
  /** Between which places, in the order of the way. */
  losses: z.array(z.object({
    from: CountedAt,
    to: CountedAt,
    packets: count,
    /** No more than these, as `lostAtMost`; absent: `packets` is all, or more may be. */
    packetsAtMost: count.optional(),
    /** Bytes of their payload; absent: not known. */
    bytes: count.optional(),
    /** So many drops between these places were told one by one. */
    dropsTold: count,
    /** A time in which all of them were lost; it may be longer than that took. */
    firstAt: timeOfDay,
    lastAt: timeOfDay,
  })).max(256).optional(),
});

export type FlowCount = z.infer<typeof FlowCount>;
