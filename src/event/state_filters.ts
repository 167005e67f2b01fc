/** What may drop or change packets by configuration: queues, filters of tc, rules of netfilter. */
import { z } from "zod";

const name = z.string().max(255);
const text = z.string().max(4000);
const int = z.number().int();

/** A queueing discipline, from `tc -s qdisc show`. Counters count since it was made. */
export const Qdisc = z.object({
  device: name,
  kind: name,
  handle: name,
  parent: name.optional(),
  drops: int,
  overlimits: int.optional(),
  backlogPackets: int.optional(),
  /** Packets that the driver gave back because it was busy. Absent: of probes before 2026-11-27. */
  requeues: int.optional(),
  /** Packets that it sent. Told of kinds that drop what has no class: whether one was full follows from it. */
  sent: int.optional(),
  /** Packets or bytes, as the discipline counts; `text` says which. */
  limit: int.optional(),
  /** As `tc qdisc show` prints it. */
  text,
});

/** A filter of tc, or a BPF program attached beside it (tcx), with its actions. */
export const TrafficControlFilter = z.object({
  device: name,
  /** `ingress`, `egress` (clsact), or the parent handle. */
  where: name,
  /** `bpf`, `u32`, `flower`, `matchall`, `basic` … */
  kind: name,
  preference: int.optional(),
  protocol: name.optional(),
  handle: name.optional(),
  /** As `tc filter show` prints it, on one line. */
  text,
  actions: z.array(z.object({
    kind: name,
    /** gact and the control of others: `drop`, `pass`, `stolen`, `pipe` … */
    control: name.optional(),
    /** mirred: `redirect` or `mirror`, direction, and device. */
    mirred: z.object({ action: name, direction: name, device: name }).optional(),
    packets: int.optional(),
    drops: int.optional(),
  })),
});

/** A chain hooked into the stack, or a plain one that others jump to. */
export const NetfilterChain = z.object({
  /** `ip`, `ip6`, `inet`, `bridge`, `arp`, `netdev`. */
  family: name,
  table: name,
  name,
  type: name.optional(),
  hook: name.optional(),
  priority: int.optional(),
  /** Device of a `netdev` chain. */
  device: name.optional(),
  policy: name.optional(),
  /** Which of the kernel's two kinds holds it. Absent in what older probes told. */
  backend: z.enum(["nft", "iptables-legacy"]).optional(),
});

/** A rule of nft or iptables. `packets` and `bytes` are its counter, where it has one. */
export const NetfilterRule = z.object({
  family: name,
  table: name,
  chain: name,
  handle: int.optional(),
  /** From 1, inside its chain. */
  position: int,
  /** As the tool that made it prints it: nft syntax, or iptables-save syntax for `iptables`. */
  text,
  tool: z.enum(["nft", "iptables", "iptables-legacy"]),
  packets: int.optional(),
  bytes: int.optional(),
  comment: z.string().max(300).optional(),
  /** nft's own JSON expressions (`nft -j list ruleset`), for evaluation against a packet. */
  expressions: z.array(z.unknown()).optional(),
  /**
   * This row stands for rules that the probe left out, of thousands: each asks for one of these
   * destinations. `refuses` tells whether one of them, or of what they lead to, may refuse a packet.
   */
  elided: z.object({
    destinations: z.array(z.string().max(64)).max(100_000),
    rules: int,
    refuses: z.boolean(),
  }).optional(),
});

/** A set or map that rules look up. */
export const NetfilterSet = z.object({
  family: name,
  table: name,
  name,
  /** Elements as nft's JSON gives them; maps as [key, value] pairs. Bounded by the probe. */
  elements: z.array(z.unknown()),
  map: z.boolean(),
  truncated: z.boolean().optional(),
  /**
   * Elements that the probe left out, of thousands: their keys begin with one of these addresses.
   * `refuses` tells whether one of their verdicts, or of what they lead to, may refuse a packet.
   */
  elided: z.object({
    addresses: z.array(z.string().max(64)).max(100_000),
    refuses: z.boolean(),
  }).optional(),
});

export type Qdisc = z.infer<typeof Qdisc>;
export type TrafficControlFilter = z.infer<typeof TrafficControlFilter>;
export type NetfilterChain = z.infer<typeof NetfilterChain>;
export type NetfilterRule = z.infer<typeof NetfilterRule>;
export type NetfilterSet = z.infer<typeof NetfilterSet>;
