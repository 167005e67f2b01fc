/** Lines of a rendered program to events: assembles continuation lines, counts what is broken. */
import { RANK_MAX } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import { type EventKind, KIND_OF_LETTER } from "../../event/kinds.ts";
import { AF_PACKET } from "../../event/lift.ts";
import { CountLines, type Reading } from "./count_lines.ts";
import { addConntrack, addQuoted, addTunnel, decodePacketLine } from "./decode_packet.ts";
import { addRefuser, addRule, addRuleChain } from "./decode_rule.ts";
import { decodeNeighbour, decodeRoute } from "./decode_lookup.ts";
import { decodeWayLine } from "./decode_way.ts";
import { LineOrder, OfTwoScripts } from "./line_order.ts";
import type { MissingHops } from "./kept_hops.ts";
import { BEAT, DROPPED_EARLY, FREED, PACKET, READ, SENT_ICMP, TICK, TUNNEL } from "./lines.ts";
import { forgetMoved } from "./moved.ts";
import { isOfEmitted } from "./caught_up.ts";

/** From which rank on packets were told, and from which on drops, errors and resets. Rule O22. */
export interface Ranks {
  /** Of packets that pass: how many steps of masks tell it. */
  rank: number;
  /** Of drops, errors and resets: how many steps of masks tell it. */
  dropRank: number;
  /** Of the recorder: hops that may be missing, so far. Absent: it is none. */
  missing?: MissingHops;
}

/** Callbacks of a decoder: one for each kind of thing that it reads. */
export interface DecoderPorts {
  onEvent(event: Event): void;
  /** The heartbeat: everything that happened before it was printed before it, per processor. */
  onTick(timeNs: bigint, inForce: Ranks | undefined): void;
  /** A processor's own: what it told before was read. */
  onBeat?(cpu: number, timeNs: bigint): void;
  /**
   * A line that could not be understood; counted by the caller. `isOfScript`: a script printed it, mostly
   * because another one wrote into it, and what it had to tell is lost.
   */
  onRefused(line: string, isOfScript: boolean): void;
  /** Counters were read, up to the heartbeat that comes next. */
  onReading(reading: Reading): void;
  reasonName(number: number): string;
}

/** Takes the lines of one bpftrace, in the order in which they were printed. */
export interface Decoder {
  /** Tells the packets of processors of which every line was read: nothing is added to them any more. */
  caughtUp(isCaughtUp: (cpu: number) => boolean): void;
  line(text: string): void;
  /** Hands over events that still wait for continuation lines. */
  flush(): void;
}

/** A line that makes an event by itself. */
type LineDecoder = (fields: string[], received: Map<number, Event>) => Event;
/** What a script adds to a packet line, given all columns of the line. */
type ExtraDecoder = (event: Event, fields: string[], ports: DecoderPorts) => void;

const nothing: ExtraDecoder = () => {};

/** Kinds of which a line tells one event; counters are read by several lines. */
type Told = Exclude<EventKind, "counted">;

/** How the lines of each kind are read: `packet` for packet lines, `line` for lines of its own. */
const DECODERS: Record<Told, { packet: ExtraDecoder } | { line: LineDecoder }> = {
  "device-rx": { packet: nothing },
  "device-tx": { packet: nothing },
  drop: { packet: addDrop },
  consume: { packet: addFunction },
  deliver: { packet: addReader },
  route: { line: decodeRoute },
  neighbour: { line: decodeNeighbour },
  "icmp-error": { packet: addSentIcmp },
  reset: { packet: nothing },
  rule: { packet: nothing },
};

/** Lines that tell more of the packet line before them on the same processor. */
const CONTINUATIONS: Record<string, (event: Event, fields: string[]) => void> = {
  T: addTunnel,
  Q: addQuoted,
  C: addConntrack,
  J: addRule,
  K: addRuleChain,
  Y: addRefuser,
};

/** Of these a script prints at most one for a packet: another is of two scripts. */
const ONCE = "TQC";

/** How a line spells the address of an skb that is not there. */
const NO_SKB = "0";
/** An XDP program dropped it in a driver. */
const EARLY_LETTER = "E";
const TICK_LETTER = "t";
const BEAT_LETTER = "b";
const WAY_LETTER = "W";
/** Longer than any packet is on its way in a kernel: an older hop is another packet's, alike by chance. */
const WAY_NS_MAX = 10_000_000_000n;

/** The line is none that a script prints. */
class OfNoScript extends RangeError {
  override name = "OfNoScript";
}

/** A packet line whose continuation lines may still come. */
interface Pending {
  event: Event;
  /** Which of `ONCE` it has. */
  had: string;
}

/**
 * So many packets of a processor wait for their continuation lines. A script on a raw tracepoint may be
 * interrupted by another one, and that by the next, and goes on after them (`line_order.ts`).
 */
const INTERRUPTED_MAX = 3;

/** A decoder that tells `ports` of each event, heartbeat and refused line. */
export function createDecoder(ports: DecoderPorts): Decoder {
  /** The last packets of each processor, the oldest first. */
  const pending = new Map<number, Pending[]>();
  /** The packet received last on each processor: a routing lookup there is about it. */
  const received = new Map<number, Event>();
  /** The last heartbeat. */
  let tickNs = 0n;
  /** Processors say themselves how far they were read. */
  let isBeating = false;
  const counts = new CountLines((reading) => ports.onReading(reading));
  const order = new LineOrder();

  function release({ event }: Pending): void {
    // Until here its continuation lines are known by this.
    if (event.skb === NO_SKB) event.skb = event.head!;
    ports.onEvent(event);
  }

  function releaseAll(cpu: number): void {
    const waiting = pending.get(cpu);
    if (waiting === undefined) return;
    pending.delete(cpu);
    waiting.forEach(release);
  }

  function flush(): void {
    for (const cpu of [...pending.keys()]) releaseAll(cpu);
  }

  function packet(kind: EventKind, fields: string[], addExtra: ExtraDecoder): void {
    const event = decodePacketLine(kind, fields);
    addExtra(event, fields, ports);
    const waiting = pending.get(event.cpu);
    if (waiting === undefined) pending.set(event.cpu, [{ event, had: "" }]);
    else if (waiting.push({ event, had: "" }) > INTERRUPTED_MAX) release(waiting.shift()!);
    if (event.kind === "device-rx") received.set(event.cpu, event);
  }

  function understand(text: string): void {
    const fields = text.split("\t");
    const letter = fields[0] ?? "";
    const kind = KIND_OF_LETTER.get(letter);
    if (letter.startsWith("@")) counts.line(text);
    else if (kind === "counted") counts.begin(fields);
    else if (kind !== undefined) {
      order.take(fields);
      const decoder = DECODERS[kind];
      if ("packet" in decoder) packet(kind, fields, decoder.packet);
      else ports.onEvent(decoder.line(fields, received));
    } else if (letter === WAY_LETTER) {
      // It is of another time than the lines around it, and continues none of them.
      const hop = decodeWayLine(fields);
      if (hop !== null && hop.timeNs > tickNs - WAY_NS_MAX) ports.onEvent(hop);
    } else if (letter in CONTINUATIONS) {
      const waiting = pending.get(Number(fields[TUNNEL.cpu])) ?? [];
      const skb = fields[TUNNEL.skb];
      const packet = waiting.findLast(({ event }) => event.skb === skb);
      // Without its packet line, which was lost, a continuation says nothing.
      if (packet === undefined) return;
      if (packet.had.includes(letter)) throw new OfTwoScripts("is of two scripts");
      CONTINUATIONS[letter]?.(packet.event, fields);
      if (ONCE.includes(letter)) packet.had += letter;
    } else if (letter === TICK_LETTER) {
      // What another processor has to add to its last packet may not be read yet.
      if (!isBeating) flush();
      order.beat();
      counts.end();
      tickNs = BigInt(fields[TICK.timeNs]!);
      ports.onTick(tickNs, ranksIn(fields));
    } else if (letter === BEAT_LETTER) {
      isBeating = true;
      const cpu = Number(fields[BEAT.cpu]);
      releaseAll(cpu);
      ports.onBeat?.(cpu, BigInt(fields[BEAT.timeNs]!));
    } else throw new OfNoScript("is of no kind");
  }

  return {
    caughtUp(isCaughtUp) {
      for (const cpu of [...pending.keys()]) if (isCaughtUp(cpu)) releaseAll(cpu);
    },
    line(text) {
      if (text === "" || text.startsWith("Attaching ") || isOfEmitted(text)) return;
      try {
        understand(text);
      } catch (error) {
        ports.onRefused(text, !(error instanceof OfNoScript));
      }
    },
    flush,
  };
}

function ranksIn(fields: string[]): Ranks | undefined {
  if (fields.length <= TICK.dropRank) return undefined;
  const [rank, dropRank] = [Number(fields[TICK.rank]), Number(fields[TICK.dropRank])];
  if (!isRank(rank) || !isRank(dropRank)) throw new RangeError("has no ranks");
  if (fields.length <= TICK.overwritten) return { rank, dropRank };
  const [overwritten, spared] = [TICK.overwritten, TICK.spared].map((at) => Number(fields[at]));
  if (!(overwritten! >= 0 && spared! >= 0)) throw new RangeError("has no counts");
  return { rank, dropRank, missing: { overwritten: overwritten!, spared: spared! } };
}

/** One that no program computes would make every batch unreadable that tells of it. */
const isRank = (rank: number) => rank >= 0 && rank <= RANK_MAX;

function addFunction(event: Event, fields: string[]): void {
  const name = fields[FREED.function];
  if (name === undefined) throw new RangeError("is cut");
  event.function = name.replace(/\+0x?[0-9a-f]+$/, "").slice(0, 128);
}

function addDrop(event: Event, fields: string[], ports: DecoderPorts): void {
  addFunction(event, fields);
  const number = Number(fields[FREED.reason]);
  if (!(number >= 0)) throw new RangeError("has no reason");
  event.reasonNumber = number;
  if (number > 0) event.reason = ports.reasonName(number).slice(0, 64);
  if (fields[PACKET.letter] === EARLY_LETTER) addEarlyDrop(event, fields);
  else forgetMoved(event, fields);
}

/** [R31] Says of it what the kernel says where generic XDP drops. Its frame is what it is known by. */
function addEarlyDrop(event: Event, fields: string[]): void {
  const length = Number(fields[DROPPED_EARLY.length]);
  const frame = fields[DROPPED_EARLY.frame];
  if (!(length > 0) || frame === undefined) throw new RangeError("has no frame");
  event.head = frame;
  event.reason = "XDP";
  event.length = length;
}

/**
 * Adds type and code of the ICMP error that is sent, in columns apart from the packet's own type.
 */
function addSentIcmp(event: Event, fields: string[]): void {
  const type = Number(fields[SENT_ICMP.type]);
  const code = Number(fields[SENT_ICMP.code]);
  if (!(type >= 0 && type <= 255 && code >= 0 && code <= 255)) throw new RangeError("is cut");
  event.sentIcmpType = type;
  event.sentIcmpCode = code;
}

/**
 * Notes that a packet socket (tcpdump) read its copy of the packet, which delivers nothing to the
 * packet's destination. The address families of other sockets are not kept.
 */
function addReader(event: Event, fields: string[]): void {
  if (Number(fields[READ.socketFamily]) === AF_PACKET) event.socketFamily = AF_PACKET;
}
