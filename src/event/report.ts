/** The report, `version: 1`: a contract with programs outside this repository (design 4.2). */
import { z } from "zod";
import { CAUSE_CODES, OUTCOMES } from "./codes.ts";

const text = (max: number) => z.string().max(max);
const address = text(64);
const port = z.number().int().min(0).max(65_535);
const count = z.number().int().min(0);

/** Nanoseconds as decimal text: JSON numbers go wrong past 2^53, 104 days of uptime. */
const nanoseconds = z.string().regex(/^-?\d{1,20}$/);

export const STAGES = [
  "device-tx",
  "device-rx",
  "bridge-forward",
  "ip-forward",
  "translate",
  "encapsulate",
  "decapsulate",
  "deliver",
  "drop",
] as const;

export const Encapsulation = z.object({
  kind: text(16),
  id: z.number().int(),
  source: address,
  destination: address,
  destinationPort: port.optional(),
});

export const Hop = z.object({
  node: text(253),
  /** Name where one exists, else the inode. */
  netns: text(253),
  device: text(64),
  ifindex: count,
  /** `veth`, `bridge`, `vxlan`, `macvlan`, `physical` …, `unknown` when no state tells. */
  deviceKind: text(32),
  stage: z.enum(STAGES),
  /** CLOCK_MONOTONIC of `node`; never compared with another node's. */
  timeNs: nanoseconds,
  function: text(128).optional(),
  reason: text(64).optional(),
  encap: Encapsulation.optional(),
  pod: text(253).optional(),
  /** What a `translate` hop changed. */
  translated: z.object({
    source: address,
    sourcePort: port.optional(),
    destination: address,
    destinationPort: port.optional(),
  }).optional(),
});

export const Evidence = z.object({
  node: text(253),
  kind: z.enum(["event", "state"]),
  text: text(2000),
});

export const Cause = z.object({
  code: z.enum(CAUSE_CODES),
  sentence: text(2000),
  confidence: z.enum(["proven", "likely", "possible"]),
  evidence: z.array(Evidence),
  remedy: z.array(text(500)).optional(),
  /** The rule that found it, `docs/rules.md`. */
  rule: text(16).optional(),
});

export const EndPoints = z.object({
  source: address,
  sourcePort: port.optional(),
  destination: address,
  destinationPort: port.optional(),
});

export const PacketCounts = z.object({
  seen: count,
  delivered: count,
  dropped: count,
  vanished: count,
  unknown: count,
  inFlight: count,
});

export const Flow = EndPoints.extend({
  id: text(200),
  /** `icmp`, `tcp`, `udp`, `icmp6`, else the protocol's number. */
  protocol: text(16),
  icmpId: port.optional(),
  translated: EndPoints.optional(),
  /** Id of the flow that this one answers. */
  replyOf: text(200).optional(),
  packets: PacketCounts,
  outcome: z.enum(OUTCOMES),
  lastHop: Hop,
  cause: Cause.optional(),
  /** Further causes, when packets of the flow died of different ones; `cause` is the first. */
  otherCauses: z.array(Cause).optional(),
  /** Which gap makes the outcome `unknown`. */
  gap: text(500).optional(),
  path: z.array(Hop),
});

export const Script = z.object({
  name: text(64),
  state: z.enum(["attached", "unavailable"]),
  why: text(500).optional(),
});

export const ReportNode = z.object({
  name: text(253),
  kernel: text(128),
  bpftrace: text(64),
  netns: z.array(text(253)),
  scripts: z.array(Script),
  events: count,
  lost: count,
  clock: z.object({ offsetNs: nanoseconds, boundNs: nanoseconds }).nullable(),
});

export const Report = z.object({
  version: z.literal(1),
  incident: text(128),
  /** Wall clock of the first and last thing reported, RFC 3339; null before anything was. */
  from: text(40).nullable(),
  to: text(40).nullable(),
  nodes: z.array(ReportNode),
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
  }),
});

export type Stage = typeof STAGES[number];
export type Encapsulation = z.infer<typeof Encapsulation>;
export type Hop = z.infer<typeof Hop>;
export type Evidence = z.infer<typeof Evidence>;
export type Cause = z.infer<typeof Cause>;
export type EndPoints = z.infer<typeof EndPoints>;
export type PacketCounts = z.infer<typeof PacketCounts>;
export type Flow = z.infer<typeof Flow>;
export type Script = z.infer<typeof Script>;
export type ReportNode = z.infer<typeof ReportNode>;
export type Report = z.infer<typeof Report>;
