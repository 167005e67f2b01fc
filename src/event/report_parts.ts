/** Parts that flows, exchanges and problems of a report share: hops, causes, ends, counts (design 4.2). */
import { z } from "zod";
import { CAUSE_CODES } from "./codes.ts";

/** Text of at most so many characters. */
export const text = (max: number) => z.string().max(max);
/** An IP address as canonical text. */
export const address = text(64);
/** A port, or an ICMP id. */
export const port = z.number().int().min(0).max(65_535);
/** A number of things. */
export const count = z.number().int().min(0);

/** A time of day: RFC 3339 in UTC with milliseconds, by the clock of the node that saw it. */
export const timeOfDay = text(40);

/** Nanoseconds as decimal text: JSON numbers go wrong past 2^53, 104 days of uptime. */
export const nanoseconds = z.string().regex(/^-?\d{1,20}$/);

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
  /** The same moment as a time of day, by the wall clock of `node`. */
  at: timeOfDay.optional(),
  /** Time to live, or hop limit, of the packet itself: inside any tunnel. */
  ttl: count.max(255).optional(),
  /** Of a drop: the kernel's function, and its reason by that kernel's name. */
  function: text(128).optional(),
  reason: text(64).optional(),
  /** The outermost header around the packet here. */
  encap: Encapsulation.optional(),
  /** Whose the namespace is, one of these at most: a pod's (`shop/checkout-7d4b9c`), … */
  pod: text(512).optional(),
  /** … a container's (its name, else the beginning of its id), or a systemd service's. */
  container: text(255).optional(),
  unit: text(255).optional(),
  /** The namespace is the node's own. */
  own: z.boolean().optional(),
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

/** Whether packets of a flow were all counted, or are those that were told one by one. */
export const BASES = ["counted", "traced"] as const;

/** The same of one flow; absent where all of it was told one by one. */
export const FlowPackets = PacketCounts.extend({ basis: z.enum(BASES).optional() });

/** Who has an address, as a node said of its own: `pod shop/checkout-7d4b9c`, `node worker`. */
export const endName = text(600);

/** One end of an exchange; the port is absent where the protocol has none. */
export const End = z.object({ address, port: port.optional(), name: endName.optional() });

/** How many a stretch of time had, in equal parts of it: at most 64 of them. */
export const Buckets = z.object({
  /** When the first part begins: a multiple of `seconds` of the time of day. */
  from: timeOfDay,
  /** How long each part is: a power of two. */
  seconds: z.number().int().min(1),
  counts: z.array(count).max(64),
});

/** A stage of a hop. */
export type Stage = typeof STAGES[number];
export type Encapsulation = z.infer<typeof Encapsulation>;
export type Hop = z.infer<typeof Hop>;
export type Evidence = z.infer<typeof Evidence>;
export type Cause = z.infer<typeof Cause>;
export type EndPoints = z.infer<typeof EndPoints>;
export type PacketCounts = z.infer<typeof PacketCounts>;
export type End = z.infer<typeof End>;
export type Buckets = z.infer<typeof Buckets>;
