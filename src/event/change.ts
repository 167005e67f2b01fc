/** What changed on a node while it was watched: a part of the report (design 4.2). */
import { z } from "zod";
import { count, text, timeOfDay } from "./report_parts.ts";

/** The parts of a node's state that are compared. */
export const CHANGED_PARTS = [
  "link",
  "address",
  "route",
  "routing-rule",
  "neighbour",
  "fdb",
  "sysctl",
  "qdisc",
  "tc-filter",
  "chain",
  "netfilter-rule",
  "set",
  "socket",
] as const;

/** One difference between two readings of a namespace, or several of one kind. */
export const Change = z.object({
  /** Stays the same while the incident grows, and is the same on every runtime. */
  id: text(64),
  node: text(253),
  /** The namespace's name, else its inode in decimal. */
  netns: text(253),
  /** Whose it was then, as of a hop. */
  pod: text(512).optional(),
  container: text(255).optional(),
  unit: text(255).optional(),
  own: z.boolean().optional(),
  part: z.enum(CHANGED_PARTS),
  action: z.enum(["added", "removed", "changed"]),
  /** What it is, as the node's own tools print it: `10.1.0.0/24 via 10.0.0.2 dev eth0`. */
  what: text(500),
  /** Of what changed: how it was, and how it is now. */
  was: text(300).optional(),
  now: text(300).optional(),
  /** How many of one kind this stands for; `what` is one of them. */
  count,
  /** It was made after the one and by the other, by the clock of its node. */
  after: timeOfDay,
  by: timeOfDay,
  /** The kernel told of it when it was made; absent: it was seen when the state was read again. */
  heard: z.literal(true).optional(),
});

/** A change that was made when a problem began, or when it was mended. It need not be the reason. */
export const NearChange = z.object({
  /** Id of a change of this report. */
  change: text(64),
  /** From the latest moment at which it may have been made, ms; 0: it may have been made after. */
  afterMs: z.number().min(0),
});

export type Change = z.infer<typeof Change>;
export type NearChange = z.infer<typeof NearChange>;
/** One of these parts. */
export type ChangedPart = typeof CHANGED_PARTS[number];
