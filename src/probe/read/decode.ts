/** Lines of a rendered program to events: assembles continuation lines, counts what is broken. */
import type { Event } from "../../event/event.ts";
import {
  addConntrack,
  addQuoted,
  addTunnel,
  decodePacketLine,
  PACKET_COLUMNS,
  PACKET_LETTERS,
} from "./decode_packet.ts";
import { readIp4, readIp6, readMac, writeWord } from "./words.ts";

export interface DecoderPorts {
  onEvent(event: Event): void;
  /** The heartbeat: everything that happened before it was printed before it, per processor. */
  onTick(timeNs: bigint): void;
  /** A line that could not be understood; counted by the caller. */
  onRefused(line: string): void;
  reasonName(number: number): string;
}

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

export function createDecoder(ports: DecoderPorts): Decoder {
  /** The last packet of each processor: its continuation lines may still come. */
  const pending = new Map<number, Event>();
  /** The packet received last on each processor: a routing lookup there is about it. */
  const received = new Map<number, Event>();

  function release(cpu: number): void {
    const event = pending.get(cpu);
    if (event === undefined) return;
    pending.delete(cpu);
    ports.onEvent(event);
  }

  function flush(): void {
    for (const cpu of [...pending.keys()]) release(cpu);
  }

  function packet(fields: string[]): void {
    const event = decodePacketLine(fields);
    addExtra(event, fields, ports);
    release(event.cpu);
    pending.set(event.cpu, event);
    if (event.kind === "device-rx") received.set(event.cpu, event);
  }

  function continuation(fields: string[]): void {
    const event = pending.get(Number(fields[1]));
    // Its packet line was lost: the continuation alone says nothing.
    if (event === undefined || event.skb !== fields[2]) return;
    if (fields[0] === "T") addTunnel(event, fields);
    else if (fields[0] === "Q") addQuoted(event, fields);
    else addConntrack(event, fields);
  }

  function understand(text: string): void {
    const fields = text.split("\t");
    const letter = fields[0]!;
    if (letter in PACKET_LETTERS) packet(fields);
    else if (letter === "T" || letter === "Q" || letter === "C") continuation(fields);
    else if (letter === "O") ports.onEvent(decodeRoute(fields, 4, received));
    else if (letter === "P") ports.onEvent(decodeRoute(fields, 6, received));
    else if (letter === "N") ports.onEvent(decodeNeighbour(fields));
    else if (letter === "t") {
      flush();
      ports.onTick(BigInt(fields[1]!));
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

function addExtra(event: Event, fields: string[], ports: DecoderPorts): void {
  const extra = fields[PACKET_COLUMNS];
  if (event.kind === "drop" || event.kind === "consume") {
    if (extra === undefined) throw new RangeError("is cut");
    event.function = extra.replace(/\+0x?[0-9a-f]+$/, "").slice(0, 128);
  }
  if (event.kind === "drop") {
    const number = Number(fields[PACKET_COLUMNS + 1]);
    if (!(number >= 0)) throw new RangeError("has no reason");
    event.reasonNumber = number;
    if (number > 0) event.reason = ports.reasonName(number).slice(0, 64);
  }
  if (event.kind === "icmp-error") {
    // The packet's own type stays; what is sent about it is told by reason.
    event.reason = `ICMP_${Number(extra)}_${Number(fields[PACKET_COLUMNS + 1])}`;
  }
  // 17 is AF_PACKET: a tap read it, which reaches nobody.
  if (event.kind === "deliver") event.reason = extra === "17" ? "TAP" : undefined;
  if (event.kind === "deliver" && event.reason === undefined) delete event.reason;
}

/** O and P: a failed routing lookup. The namespace of a received packet is where it came in. */
function decodeRoute(fields: string[], family: 4 | 6, received: Map<number, Event>): Event {
  const words = family === 6 ? 2 : 1;
  const ports = 9 + words * 2;
  if (fields.length < ports + 2) throw new RangeError("is cut");
  const event: Event = {
    kind: "route",
    timeNs: BigInt(fields[1]!),
    cpu: Number(fields[2]),
    network: family === 6 ? "ip6" : "ip4",
    source: readAddress(fields, 9, words),
    destination: readAddress(fields, 9 + words, words),
    routeTable: Number(fields[4]),
    routeError: Math.abs(Number(fields[5])) & 0xfff,
  };
  const protocol = Number(fields[8]);
  if (protocol !== 0) event.protocol = protocol;
  if (fields[ports] !== "0") event.sourcePort = Number(fields[ports]);
  if (fields[ports + 1] !== "0") event.destinationPort = Number(fields[ports + 1]);
  placeRoute(event, Number(fields[3]), Number(fields[7]), received);
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

/** N <timeNs> <cpu> <family> <device> <state> <address 2 words> <mac word> */
function decodeNeighbour(fields: string[]): Event {
  if (fields.length < 9) throw new RangeError("is cut");
  const view = new DataView(new ArrayBuffer(24));
  writeWord(view, 0, fields[6]!);
  writeWord(view, 8, fields[7]!);
  writeWord(view, 16, fields[8]!);
  const event: Event = {
    kind: "neighbour",
    timeNs: BigInt(fields[1]!),
    cpu: Number(fields[2]),
    device: fields[4]!.slice(0, 15),
    network: fields[3] === "10" ? "ip6" : "arp",
    gateway: fields[3] === "10" ? readIp6(view, 0) : readIp4(view, 0),
    neighbourState: NUD[Number(fields[5])] ?? fields[5]!.slice(0, 16),
  };
  if (fields[8] !== "0") event.neighbourMac = readMac(view, 16);
  return event;
}
