/** Lines of a rendered program to events: assembles continuation lines, counts what is broken. */
import { RANK_MAX } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import { type EventKind, KIND_OF_LETTER } from "../../event/kinds.ts";
import { AF_PACKET } from "../../event/lift.ts";
import { CountLines, type Reading } from "./count_lines.ts";
import { addConntrack, addQuoted, addTunnel, decodePacketLine } from "./decode_packet.ts";
import { addRule, addRuleChain } from "./decode_rule.ts";
import { decodeWayLine } from "./decode_way.ts";
import { LineOrder } from "./line_order.ts";
import type { MissingHops } from "./kept_hops.ts";
import { FREED, NEIGHBOUR, READ, ROUTE, ROUTE6, SENT_ICMP, TICK, TUNNEL } from "./lines.ts";
import { readIp4, readIp6, readMac, writeWord } from "./words.ts";

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
  /** A line that could not be understood; counted by the caller. */
  onRefused(line: string): void;
  /** Counters were read, up to the heartbeat that comes next. */
  onReading(reading: Reading): void;
  reasonName(number: number): string;
}

/** Takes the lines of one bpftrace, in the order in which they were printed. */
export interface Decoder {
  line(text: string): void;
  /** Hands over events that still wait for continuation lines. */
  flush(): void;
}

/** NUD states by number, as `ip neigh` names them. */
const NUD: Record<number, string> = {
  1: "INCOMPLETE",
  2: "REACHABLE",
  4: "STALE",
  8: "DELAY",
  16: "PROBE",
  32: "FAILED",
  64: "NOARP",
  128: "PERMANENT",
};

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
};

const TICK_LETTER = "t";
const WAY_LETTER = "W";
/** Longer than any packet is on its way in a kernel: an older hop is another packet's, alike by chance. */
const WAY_NS_MAX = 10_000_000_000n;

/** A decoder that tells `ports` of each event, heartbeat and refused line. */
export function createDecoder(ports: DecoderPorts): Decoder {
  /** The last packet of each processor: its continuation lines may still come. */
  const pending = new Map<number, Event>();
  /** The packet received last on each processor: a routing lookup there is about it. */
  const received = new Map<number, Event>();
  /** The last heartbeat. */
  let tickNs = 0n;
  const counts = new CountLines((reading) => ports.onReading(reading));
  const order = new LineOrder();

  function release(cpu: number): void {
    const event = pending.get(cpu);
    if (event === undefined) return;
    pending.delete(cpu);
    ports.onEvent(event);
  }

  function flush(): void {
    for (const cpu of [...pending.keys()]) release(cpu);
  }

  function packet(kind: EventKind, fields: string[], addExtra: ExtraDecoder): void {
    const event = decodePacketLine(kind, fields);
    addExtra(event, fields, ports);
    release(event.cpu);
    pending.set(event.cpu, event);
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
      const event = pending.get(Number(fields[TUNNEL.cpu]));
      // Without its packet line, which was lost, a continuation says nothing.
      if (event !== undefined && event.skb === fields[TUNNEL.skb]) {
        CONTINUATIONS[letter]?.(event, fields);
      }
    } else if (letter === TICK_LETTER) {
      flush();
      counts.end();
      tickNs = BigInt(fields[TICK.timeNs]!);
      ports.onTick(tickNs, ranksIn(fields));
    } else throw new RangeError("is of no kind");
  }

  return {
    line(text) {
      if (text === "" || text.startsWith("Attaching ")) return;
      try {
        understand(text);
      } catch {
        ports.onRefused(text);
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

/** A failed routing lookup. The namespace of a received packet is where it came in. */
function decodeRoute(fields: string[], received: Map<number, Event>): Event {
  const isIp6 = fields[ROUTE6.letter] === "P";
  const words = isIp6 ? 2 : 1;
  const { sourcePort, destinationPort, count } = isIp6 ? ROUTE6 : ROUTE;
  const destination = isIp6 ? ROUTE6.destination0 : ROUTE.destination0;
  if (fields.length < count) throw new RangeError("is cut");
  const event: Event = {
    kind: "route",
    timeNs: BigInt(fields[ROUTE.timeNs]!),
    cpu: Number(fields[ROUTE.cpu]),
    network: isIp6 ? "ip6" : "ip4",
    source: readAddress(fields, ROUTE.source0, words),
    destination: readAddress(fields, destination, words),
    routeTable: Number(fields[ROUTE.table]),
    routeError: Math.abs(Number(fields[ROUTE.error])) & 0xfff,
  };
  const protocol = Number(fields[ROUTE.protocol]);
  if (protocol !== 0) event.protocol = protocol;
  if (fields[sourcePort] !== "0") event.sourcePort = Number(fields[sourcePort]);
  if (fields[destinationPort] !== "0") event.destinationPort = Number(fields[destinationPort]);
  placeRoute(event, Number(fields[ROUTE.netns]), Number(fields[ROUTE.iif]), received);
  return event;
}

/** What is received is looked up, and answered, at once and on the same processor. */
const LOOKUP_NS = 1_000_000n;

/**
 * A lookup with an input device is about a received packet; without one, about an answer to the
 * packet just received on that processor (the task is whoever was interrupted), else the task's own.
 */
function placeRoute(event: Event, taskNetns: number, iif: number, received: Map<number, Event>) {
  const last = received.get(event.cpu);
  // An older one is another packet, perhaps of another namespace with a device of that number.
  const packet = last !== undefined && event.timeNs - last.timeNs < LOOKUP_NS ? last : undefined;
  if (iif <= 1) {
    const isAnswer = packet?.netns !== undefined && packet.source === event.destination;
    event.netns = isAnswer ? packet.netns! : taskNetns;
    return;
  }
  if (packet?.ifindex !== iif || packet.netns === undefined) return;
  event.netns = packet.netns;
  event.ifindex = iif;
  if (packet.device !== undefined) event.device = packet.device;
  if (packet.skb !== undefined) event.skb = packet.skb;
}

const scratch = new DataView(new ArrayBuffer(16));

function readAddress(fields: string[], at: number, words: number): string {
  for (let i = 0; i < words; i++) writeWord(scratch, i * 8, fields[at + i]!);
  return words === 2 ? readIp6(scratch, 0) : readIp4(scratch, 0);
}

const AF_INET6 = "10";

/** A change of a neighbour's state. */
function decodeNeighbour(fields: string[]): Event {
  if (fields.length < NEIGHBOUR.count) throw new RangeError("is cut");
  const isIp6 = fields[NEIGHBOUR.family] === AF_INET6;
  const state = fields[NEIGHBOUR.state]!;
  const view = new DataView(new ArrayBuffer(24));
  writeWord(view, 0, fields[NEIGHBOUR.address0]!);
  writeWord(view, 8, fields[NEIGHBOUR.address1]!);
  writeWord(view, 16, fields[NEIGHBOUR.mac]!);
  const event: Event = {
    kind: "neighbour",
    timeNs: BigInt(fields[NEIGHBOUR.timeNs]!),
    cpu: Number(fields[NEIGHBOUR.cpu]),
    device: fields[NEIGHBOUR.device]!.slice(0, 15),
    network: isIp6 ? "ip6" : "arp",
    gateway: isIp6 ? readIp6(view, 0) : readIp4(view, 0),
    neighbourState: NUD[Number(state)] ?? state.slice(0, 16),
  };
  if (fields[NEIGHBOUR.mac] !== "0") event.neighbourMac = readMac(view, 16);
  return event;
}
