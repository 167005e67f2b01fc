/** What is wrong in an incident: a part of the report (design 4.2). */
import { z } from "zod";
import { NearChange } from "./change.ts";
import { EXCHANGE_OUTCOMES, OUTCOMES, SEVERITIES } from "./codes.ts";
import { CountedAt } from "./flow_count.ts";
import {
  address,
  Buckets,
  Cause,
  count,
  End,
  endName,
  FlowPackets,
  Hop,
  text,
  timeOfDay,
} from "./report_parts.ts";

/** Whether it still is, in the order in which a report has them. */
export const PROBLEM_STATES = ["active", "ended", "healed"] as const;

/** All that belongs to one fault: packets and exchanges that failed alike at one place towards one end. */
export const Problem = z.object({
  /** Stays the same while the incident grows, and is the same on every runtime. */
  id: text(64),
  /**
   * `active`: it was still so when its node was last heard of. `healed`: what failed there gets
   * through again. `ended`: it did not fail for long, and too little was sent to call it healed.
   */
  state: z.enum(PROBLEM_STATES),
  /**
   * `critical`: nothing of the kind got through; `major`: some did, or may have where only some packets were
   * told; `minor`: slower, or lost once.
   */
  severity: z.enum(SEVERITIES),
  /** Of its packets where they died of the cause, else of its exchanges. */
  outcome: z.enum([...OUTCOMES, ...EXCHANGE_OUTCOMES]),
  cause: Cause.optional(),
  /** Which gap makes the outcome `unknown`. */
  gap: text(500).optional(),
  /** Where they were last seen. */
  lastHop: Hop,
  /** Whether questions failed, or answers to them. */
  direction: z.enum(["question", "answer"]),
  /** Addresses of the clients, in the order of text, the first 32; `clients` is how many there are. */
  from: z.array(address).max(32),
  /** Who has these addresses, where a node said so. */
  fromNames: z.record(address, endName).optional(),
  /** The end that was asked, before any translation. */
  to: End,
  protocol: text(16),
  /** How many exchanges failed so, and flows that belong to no exchange. */
  flows: count,
  clients: count,
  /**
   * How many exchanges of these clients with the same end got through, in the whole incident; of a flow
   * that failed its echoes or datagrams that did.
   */
  passed: count,
  /** Of its flows; of one flow whose packets are counted the same, with their `basis`. */
  packets: FlowPackets,
  /**
   * Only counts show it, and no single packet: so many were counted, lost of them between these places.
   * `firstAt` and `lastAt` are then a time in which all of them were lost. Absent: packets show it.
   */
  counted: z.object({
    packets: count,
    lost: count,
    from: CountedAt,
    to: CountedAt,
  }).optional(),
  /** The first and the last failure. */
  firstAt: timeOfDay,
  lastAt: timeOfDay,
  /** When the first of its kind got through after the last failure. */
  healedAt: timeOfDay.optional(),
  /** What changed on its node between the last that got through and the first failure, nearest first. */
  began: z.array(NearChange).max(3).optional(),
  /** What changed on its node between the last failure and the first that got through again. */
  mended: z.array(NearChange).max(3).optional(),
  /** How many flows of its kind got through since; of a flow that had failed: its packets. */
  deliveredSince: count.optional(),
  /** Failures, and how many of its kind got through, in the same parts of time. */
  timeline: z.object({ failed: Buckets, passed: Buckets }),
  /** Id of the flow that shows it best. */
  example: text(200),
  /** What to do: the commands of the cause's remedy; none once it is healed. */
  actions: z.array(text(500)),
});

/** One of these states. */
export type ProblemState = typeof PROBLEM_STATES[number];
export type Problem = z.infer<typeof Problem>;
