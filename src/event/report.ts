/** The report, `version: 1`: a contract with programs outside this repository (design 4.2). */
import { z } from "zod";
import { CAUSE_CODES, EXCHANGE_OUTCOMES, OUTCOMES } from "./codes.ts";

const text = (max: number) => z.string().max(max);
const address = text(64);
const port = z.number().int().min(0).max(65_535);
const count = z.number().int().min(0);

/** Nanoseconds as decimal text: JSON numbers go wrong past 2^53, 104 days of uptime. */
const nanoseconds = z.string().regex(/^-?\d{1,20}$/);

/** What one kernel did with a packet at a hop; a report and its readers know no others. */
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

/** The outer header around a packet: which tunnel, and between which addresses of the underlay. */
export const Encapsulation = z.object({
  /** `vxlan`, `geneve`, `ipip`, `gre`, `gretap`, `sit`, `ip6tnl`. */
  kind: text(16),
  /** VNI or key; 0 where the tunnel has none. */
  id: z.number().int(),
  source: address,
  destination: address,
  /** Outer UDP port. */
  destinationPort: port.optional(),
});

/** One thing that one kernel did with a packet. */
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
  /** Of a drop: the kernel's function, and its reason by that kernel's name. */
  function: text(128).optional(),
  reason: text(64).optional(),
  /** The outermost header around the packet here. */
  encap: Encapsulation.optional(),
  /** The pod that the namespace belongs to; told by no probe yet. */
  pod: text(253).optional(),
  /** What a `translate` hop changed. */
  translated: z.object({
    source: address,
    sourcePort: port.optional(),
    destination: address,
    destinationPort: port.optional(),
  }).optional(),
});

/** What a finding rests on: an event that a probe told, or a line of node state, in words. */
export const Evidence = z.object({
  node: text(253),
  kind: z.enum(["event", "state"]),
  text: text(2000),
});

/** Why packets of a flow came to no good. */
export const Cause = z.object({
  code: z.enum(CAUSE_CODES),
  sentence: text(2000),
  confidence: z.enum(["proven", "likely", "possible"]),
  evidence: z.array(Evidence),
  /** Commands for a POSIX shell, one each. */
  remedy: z.array(text(500)).optional(),
  /** The rule that found it, `docs/rules.md`. */
  rule: text(16).optional(),
});

/** Addresses as canonical text; ports are absent where the protocol has none. */
export const EndPoints = z.object({
  source: address,
  sourcePort: port.optional(),
  destination: address,
  destinationPort: port.optional(),
});

/** How many packets of a flow there are, and what became of them: `seen` is the sum of the others. */
export const PacketCounts = z.object({
  seen: count,
  delivered: count,
  dropped: count,
  vanished: count,
  unknown: count,
  inFlight: count,
});

/** Packets with the same protocol and end points as they were sent, in one direction. */
export const Flow = EndPoints.extend({
  id: text(200),
  /** `icmp`, `tcp`, `udp`, `icmp6`, else the protocol's number. */
  protocol: text(16),
  /** Echo identifier as sent. */
  icmpId: port.optional(),
  /** End points after the last translation on the way. */
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
  /** Hops of the packet that shows the outcome best, in order. */
  path: z.array(Hop),
});

/** One end of an exchange; the port is absent where the protocol has none. */
export const End = z.object({ address, port: port.optional() });

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
  /** Wall clock of its first and last packet, RFC 3339, by the clock of the node that saw it. */
  firstAt: text(40),
  lastAt: text(40),
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
  lost: count,
  /** What else of it was not watched or has not come, a sentence each; absent: nothing known. */
  gaps: z.array(text(300)).optional(),
  /** This node's clock minus the clock of the first node that shares packets with it (T1). */
  clock: z.object({ offsetNs: nanoseconds, boundNs: nanoseconds }).nullable(),
});

/** The report of an incident. */
export const Report = z.object({
  version: z.literal(1),
  incident: text(128),
  /** Wall clock of the first and last thing reported, RFC 3339; null before anything was. */
  from: text(40).nullable(),
  to: text(40).nullable(),
  nodes: z.array(ReportNode),
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
  }),
});

/** A stage of a hop. */
export type Stage = typeof STAGES[number];
export type Encapsulation = z.infer<typeof Encapsulation>;
export type Hop = z.infer<typeof Hop>;
export type Evidence = z.infer<typeof Evidence>;
export type Cause = z.infer<typeof Cause>;
export type EndPoints = z.infer<typeof EndPoints>;
export type PacketCounts = z.infer<typeof PacketCounts>;
export type Flow = z.infer<typeof Flow>;
export type End = z.infer<typeof End>;
export type Exchange = z.infer<typeof Exchange>;
export type Script = z.infer<typeof Script>;
export type ReportNode = z.infer<typeof ReportNode>;
export type Report = z.infer<typeof Report>;
