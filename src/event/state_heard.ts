/** What the kernel told of changes of a namespace while a probe listened. */
import { z } from "zod";

/** What rtnetlink and nf_tables tell of. */
export const HEARD_PARTS = [
  "link",
  "address",
  "route",
  "rule",
  "neighbour",
  "netconf",
  "netfilter",
] as const;

const monotonic = z.string().regex(/^\d{1,20}$/);

/** From the first to the last that was heard of one part since it was read before. */
export const Heard = z.object({
  part: z.enum(HEARD_PARTS),
  /** CLOCK_MONOTONIC of the node when the probe heard it, as decimal text. */
  firstNs: monotonic,
  lastNs: monotonic,
});

export type Heard = z.infer<typeof Heard>;
/** One of these parts. */
export type HeardPart = typeof HEARD_PARTS[number];
