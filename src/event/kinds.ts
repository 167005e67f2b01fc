/**
 * Every kind of event, one row each: what else lasthop knows of a kind follows from its row.
 *
 * To add what a new script tells, write the script (`bpf/NAME.bt`), a row here, and the decoder of its
 * lines (`src/probe/read/decode.ts`). What a row leaves out does not compile, nor does a
 * kind without a decoder.
 */
import type { STAGES } from "./report.ts";

/** Which events go first where there is no room for all: ordinary ones before those that tell why. */
export type EventTier = "ordinary" | "drops";

/**
 * What it says of a packet that an event of a kind is the last that was seen of it. Each word has one
 * judgement in `src/analysis/verdict/ends.ts`, and one in `correlate/telling.ts`.
 */
export type LastSeen =
  /** It was given to a device or a part of the kernel that hands it on. */
  | "handed-on"
  /** It came in by a device. */
  | "received"
  /** It was freed as a drop: which drops lose a packet is `kernel/frees.ts`'s. */
  | "dropped"
  /** It was freed as done with. */
  | "done-with"
  /** A program read it. */
  | "read"
  /** It waits for its next hop's link address. */
  | "waits"
  /** Nothing: the packet's other sightings tell how it ended. */
  | "nothing";

interface KindRow {
  /** The scripts in `bpf/` that tell it, by the letter that begins their lines. */
  lines: Readonly<Record<string, string>>;
  /**
   * What it is to a packet's way: `device`: it passed one; `end`: the kernel or a program was done
   * with it; `answer`: something is sent back because of it; `aside`: about no packet that is followed.
   */
  role: "device" | "end" | "answer" | "aside";
  /** Stage of the hop in a report when it is the last that is seen of a packet; null for none. */
  stage: typeof STAGES[number] | null;
  lastSeen: LastSeen;
  /** A hop of a packet by itself; from the other kinds hops and causes are derived. */
  isHop: boolean;
  tier: EventTier;
  /** What the kernel did, for people: `docs/event.md`. */
  meaning: string;
}

const TABLE = {
  "device-rx": {
    lines: { R: "device_rx" },
    role: "device",
    stage: "device-rx",
    lastSeen: "received",
    isHop: true,
    tier: "ordinary",
    meaning: "received a frame on a device, after its link header was read",
  },
  "device-tx": {
    lines: { X: "device_tx" },
    role: "device",
    stage: "device-tx",
    lastSeen: "handed-on",
    isHop: true,
    tier: "ordinary",
    meaning: "handed a frame to a device's driver",
  },
  drop: {
    lines: { D: "drop", E: "xdp_driver" },
    role: "end",
    stage: "drop",
    lastSeen: "dropped",
    isHop: true,
    tier: "drops",
    meaning:
      "freed a packet as a drop (`kfree_skb`), with the function and the reason; some are routine. " +
      "Or an XDP program dropped it in a driver, before it had an skb",
  },
  consume: {
    lines: { F: "consume" },
    role: "end",
    stage: "deliver",
    lastSeen: "done-with",
    isHop: false,
    tier: "ordinary",
    meaning: "freed a packet as done with (`consume_skb`), with the function",
  },
  deliver: {
    lines: { L: "deliver" },
    role: "end",
    stage: "deliver",
    lastSeen: "read",
    isHop: false,
    tier: "ordinary",
    meaning: "copied a packet to a program that reads a socket",
  },
  route: {
    lines: { O: "route", P: "route6" },
    role: "aside",
    stage: null,
    lastSeen: "nothing",
    isHop: false,
    tier: "drops",
    meaning: "looked a route up and failed",
  },
  neighbour: {
    lines: { N: "neighbour" },
    role: "aside",
    stage: null,
    lastSeen: "nothing",
    isHop: false,
    tier: "drops",
    meaning: "changed what it knows of a next hop's link address",
  },
  "icmp-error": {
    lines: { I: "icmp_error" },
    role: "answer",
    // The packet came no further than its device.
    stage: "device-tx",
    lastSeen: "waits",
    isHop: false,
    tier: "drops",
    meaning: "decided to send an ICMP error about this packet: `sentIcmpType`, `sentIcmpCode`",
  },
  reset: {
    lines: { S: "reset" },
    role: "answer",
    // TCP took the packet, and refused what it asks for.
    stage: "deliver",
    lastSeen: "nothing",
    isHop: false,
    tier: "drops",
    meaning: "answered this packet with a TCP reset",
  },
  rule: {
    lines: { V: "netfilter" },
    // The packet is dropped right after it, which has an event of its own.
    role: "aside",
    stage: null,
    lastSeen: "nothing",
    isHop: false,
    tier: "drops",
    meaning: "came to a rule of nft that drops this packet, with the rule and its chain",
  },
  counted: {
    lines: { G: "counted" },
    role: "aside",
    stage: null,
    lastSeen: "nothing",
    isHop: false,
    // Without one reading, those around it prove less.
    tier: "drops",
    meaning: "passed so many packets of a flow at a device since the reading before: rule O23",
  },
} as const satisfies Readonly<Record<string, KindRow>>;

/** What a kernel did with a packet, as one line of a probe says it. */
export type EventKind = keyof typeof TABLE;

/** The row of each kind. */
export const KINDS: Readonly<Record<EventKind, KindRow>> = TABLE;

/** All kinds in the order of the table, which is the order in which their scripts are attached. */
export const EVENT_KINDS = Object.keys(TABLE) as [EventKind, ...EventKind[]];

/** Names of the scripts that tell events (`bpf/NAME.bt`), in the order of the table. */
export const EVENT_SCRIPTS: readonly string[] = EVENT_KINDS.flatMap((kind) =>
  Object.values(KINDS[kind].lines)
);

/** The kind that a line of a script tells, by the letter it begins with; other letters are absent. */
export const KIND_OF_LETTER: ReadonlyMap<string, EventKind> = new Map(
  EVENT_KINDS.flatMap((kind) => Object.keys(KINDS[kind].lines).map((letter) => [letter, kind])),
);

/** It passed a device: received there, or handed to it. */
export function isDeviceKind(kind: EventKind): boolean {
  return KINDS[kind].role === "device";
}
