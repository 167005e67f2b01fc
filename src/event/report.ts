/** The report, `version: 1`: a contract with programs outside this repository (design 4.2). */
import { z } from "zod";
import { EXCHANGE_OUTCOMES, OUTCOMES } from "./codes.ts";
import { Change } from "./change.ts";
import { FlowCount } from "./flow_count.ts";
import { Problem } from "./problem.ts";
import {
  Buckets,
  Cause,
  count,
  End,
  endName,
  EndPoints,
  FlowPackets,
  Hop,
  nanoseconds,
  port,
  text,
  timeOfDay,
} from "./report_parts.ts";

export {
  Buckets,
  Cause,
  Encapsulation,
  End,
  EndPoints,
  Evidence,
  FlowPackets,
  Hop,
  PacketCounts,
  type Stage,
  STAGES,
} from "./report_parts.ts";
export { Change, CHANGED_PARTS, type ChangedPart, NearChange } from "./change.ts";
export { SEVERITIES } from "./codes.ts";
export { Problem, PROBLEM_STATES, type ProblemState } from "./problem.ts";

/** Packets with the same protocol and end points as they were sent, in one direction. */
export const Flow = EndPoints.extend({
  id: text(200),
  /** `icmp`, `tcp`, `udp`, `icmp6`, else the protocol's number. */
  protocol: text(16),
  /** Echo identifier as sent. */
  icmpId: port.optional(),
  /** Who has these addresses, where a node said so. */
  sourceName: endName.optional(),
  destinationName: endName.optional(),
  /** End points after the last translation on the way. */
  translated: EndPoints.optional(),
  /** Id of the flow that this one answers. */
  replyOf: text(200).optional(),
  packets: FlowPackets,
  outcome: z.enum(OUTCOMES),
  lastHop: Hop,
  cause: Cause.optional(),
  /** Further causes, when packets of the flow died of different ones; `cause` is the first. */
  otherCauses: z.array(Cause).optional(),
  /** Which gap makes the outcome `unknown`. */
  gap: text(500).optional(),
  /** Hops of the packet that shows the outcome best, in order. */
  path: z.array(Hop),
  /** First and last sighting of any of its packets, by the clock of the node that saw it. */
  firstAt: timeOfDay.optional(),
  lastAt: timeOfDay.optional(),
  /**
   * Its packets that were told one by one, by when each was first seen. Absent: they were too many to be
   * looked at together.
   */
  rate: Buckets.optional(),
  /** What counters tell of it: exact where few packets were told. Absent: nothing was counted. */
  counted: FlowCount.optional(),
  /** Ids of the problems that it is part of; absent: of none. */
  problems: z.array(text(64)).optional(),
});

/** A question and what came of it: a connection, the echoes of one id, UDP from one port to another. */
export const Exchange = z.object({
  /** That of the question's flow. */
  id: text(200),
  protocol: text(16),
  /** The end that asked, and the end that it asked: as it was sent, before any translation. */
  client: End,
  server: End,
  /** Echo identifier as sent. */
  icmpId: port.optional(),
  outcome: z.enum(EXCHANGE_OUTCOMES),
  /** What came of it, in one sentence. */
  sentence: text(2000),
  /** Why it failed, or was slow. */
  cause: Cause.optional(),
  /** What else was found out about it. */
  findings: z.array(Cause).optional(),
  /** Which gap makes the outcome `unknown`. */
  gap: text(500).optional(),
  /** Ids of flows of this report: the question, and the one that answers it best. */
  question: text(200),
  answer: text(200).optional(),
  /** Ids of further flows that answer it. */
  otherAnswers: z.array(text(200)).optional(),
  /** Id of the problem that it is part of; absent: of none. */
  problem: text(64).optional(),
  /** Wall clock of its first and last packet, RFC 3339, by the clock of the node that saw it. */
  firstAt: timeOfDay,
  lastAt: timeOfDay,
  /** From the question's first packet to its first answer, by one node's clock, ms. */
  tookMs: z.number().min(0).optional(),
});

/** Whether a script of `bpf/` ran on a node; `why` says why not. */
export const Script = z.object({
  name: text(64),
  state: z.enum(["attached", "unavailable"]),
  why: text(500).optional(),
});

/** What watched on one node, and what was lost there. */
export const ReportNode = z.object({
  name: text(253),
  kernel: text(128),
  bpftrace: text(64),
  /** Namespaces that were watched: names, or inodes in decimal. */
  netns: z.array(text(253)),
  scripts: z.array(Script),
  /** Events that came from the node, and events that it counted as lost. */
  events: count,
  /**
   * Of these events those of no packet that is followed, which are told whatever the filter: ARP and
   * neighbours, ICMP errors, lookups that failed. Absent: not told.
   */
  evidence: count.optional(),
  lost: count,
  /** What else of it was not watched or has not come, a sentence each; absent: nothing known. */
  gaps: z.array(text(300)).optional(),
  /** This node's clock minus the clock of the first node that shares packets with it (T1). */
  clock: z.object({ offsetNs: nanoseconds, boundNs: nanoseconds }).nullable(),
  /**
   * Times of day of what this node saw are its own wall clock's, to so many ms; absent: not known, or
   * that clock was set meanwhile.
   */
  timesWithinMs: z.number().min(0).optional(),
  /** When its probe ended; absent while it watches, and where its last batch did not come. */
  endedAt: timeOfDay.optional(),
});

/** The report of an incident. */
export const Report = z.object({
  version: z.literal(1),
  incident: text(128),
  /** Wall clock of the first and last thing reported, RFC 3339; null before anything was. */
  from: timeOfDay.nullable(),
  to: timeOfDay.nullable(),
  nodes: z.array(ReportNode),
  /** What is wrong, worst first; reports of before 2026-11-26 have none. */
  problems: z.array(Problem).default([]),
  /**
   * What changed on the nodes while they were watched, in the order of time, the first ones of each
   * node left out where they are too many; reports of before 2026-11-27 have none.
   */
  changes: z.array(Change).default([]),
  /** Worst first. Reports that were made before exchanges were judged have none. */
  exchanges: z.array(Exchange).default([]),
  /** Worst first. */
  flows: z.array(Flow),
  /** Events read, by what became of them; they add up. */
  accounting: z.object({
    events: count,
    inPackets: count,
    evidence: count,
    unclaimed: count,
    refused: count,
    evicted: count,
    /** Lines that belonged to no batch that was kept, and node states evicted; absent: none. */
    strayLines: count.optional(),
    evictedStates: count.optional(),
    /** Flows that are told as they were, because more came than could be judged at once; absent: none. */
    postponed: count.optional(),
  }),
});

export type Flow = z.infer<typeof Flow>;
export type Exchange = z.infer<typeof Exchange>;
export type Script = z.infer<typeof Script>;
export type ReportNode = z.infer<typeof ReportNode>;
export type Report = z.infer<typeof Report>;
