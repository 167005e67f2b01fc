/** One packet under way: its socket buffers, and what probes could see of them. */
import { DIGEST_RANGE } from "../../src/event/digest.ts";
import type { EventKind } from "../../src/event/event.ts";
import { type Extras, NO_EXTRAS } from "./extras.ts";
import type { Arrived } from "./merge.ts";
import { isTranslated } from "./nat.ts";
import type { Random } from "./random.ts";
import type { Allocation, Emission, TrueFlow, TruePacket } from "./truth.ts";
import type { Connection, Device, Netns, World } from "./world.ts";
import type { Mishap } from "./mishap.ts";

/** Header columns of a packet, by the names that events have. */
export interface Fields {
  network: "ip4" | "ip6";
  protocol: number;
  source: string;
  destination: string;
  sourcePort?: number;
  destinationPort?: number;
  ipId?: number;
  ttl: number;
  ipLength: number;
  ipFlags?: number;
  tcpSequence?: number;
  tcpAcknowledgement?: number;
  tcpFlags?: number;
  payload: number;
  icmpType?: number;
  icmpCode?: number;
  icmpId?: number;
  icmpSequence?: number;
  gsoSize?: number;
  gsoSegments?: number;
  fragmentOffset?: number;
  quotedProtocol?: number;
  quotedSource?: string;
  quotedDestination?: string;
  quotedSourcePort?: number;
  quotedDestinationPort?: number;
  quotedIpId?: number;
  /** What a secret makes of it, the same at all of its hops. */
  digest?: number;
}

export interface Outer {
  tunnelKind: "vxlan" | "geneve";
  tunnelId: number;
  tunnelSource: string;
  tunnelDestination: string;
  tunnelSourcePort: number;
  tunnelDestinationPort: number;
  tunnelIpId: number;
  tunnelTtl: number;
  /** Of the frame inside. */
  innerSourceMac: string;
  innerDestinationMac: string;
}

export interface Skb {
  memory: Allocation;
  head: Allocation;
  fields: Fields;
  outer?: Outer;
  sourceMac?: string;
  destinationMac?: string;
  packetType: string;
  connection?: { direction: "original" | "reply"; of: Connection };
}

/** Everything that happens, in simulated time. */
export class Simulation {
  readonly emissions: Emission[] = [];
  readonly allocations: { memory: Allocation; netns: Netns }[] = [];
  readonly mishaps: Mishap[] = [];
  /** Devices with a queue that holds packets: when the last of each flow left it. */
  readonly queues = new Map<Device, Map<TrueFlow, number>>();
  packets: TruePacket[] = [];
  /** Neighbours asked for, from when until when: the first packet makes the kernel ask. */
  readonly asked = new Map<string, { from: number; to: number }>();
  /** The same of neighbours that never answer: who waits for one dies when the first does. */
  readonly unanswered = new Map<string, { from: number; to: number }>();
  outerId = 1000;
  /** Fragments where they are put together. */
  readonly held: { flight: Flight; device: Device; skb: Skb }[] = [];
  /** Where segments wait that are to be received as one; null: each goes on by itself. */
  merging: Arrived[] | null = null;
  /** One flow sends fragments: without the first of them, nothing tells two such flows apart. */
  cuts = false;

  constructor(
    readonly world: World,
    readonly random: Random,
    readonly endAt: number,
    readonly extras: Extras = NO_EXTRAS,
  ) {}
}

export class Flight {
  cpu: number;
  /** Pieces of it that have not arrived yet. */
  pending = 1;

  constructor(readonly sim: Simulation, readonly packet: TruePacket, public now: number) {
    this.cpu = sim.random.int(4);
  }

  make(netns: Netns, fields: Fields): Skb {
    return {
      memory: this.allocate(netns),
      head: this.allocate(netns),
      fields,
      packetType: "host",
    };
  }

  allocate(netns: Netns): Allocation {
    const memory = { born: this.now, freed: Infinity, address: "" };
    this.sim.allocations.push({ memory, netns });
    return memory;
  }

  /** Shares the data; an skb of its own. */
  clone(netns: Netns, skb: Skb): Skb {
    return { ...skb, memory: this.allocate(netns) };
  }

  free(skb: Skb, head = true): void {
    skb.memory.freed = Math.min(skb.memory.freed, this.now);
    if (head) skb.head.freed = this.now;
  }

  pass(lowNs = 1000, highNs = 40_000): void {
    this.now += this.sim.random.between(lowNs, highNs);
  }

  emit(
    kind: EventKind,
    skb: Skb,
    netns: Netns,
    device: Device | null,
    more: Record<string, unknown> = {},
  ): void {
    this.pass();
    this.sim.emissions.push({
      at: this.now,
      device,
      netns,
      kind,
      packet: this.packet,
      skb: skb.memory,
      head: skb.head,
      cpu: this.cpu,
      columns: { ...columnsOf(skb, netns, this.sim.extras), ...more },
    });
  }

  /** Something that a kernel tells of no skb. */
  tell(kind: EventKind, netns: Netns, columns: Record<string, unknown>): void {
    this.pass();
    const { now: at, packet, cpu } = this;
    const emission = { at, device: null, netns, kind, packet, cpu, columns };
    this.sim.emissions.push(emission);
  }

  /** A hop of the packet itself, not of a copy. */
  hop(kind: "device-tx" | "device-rx", skb: Skb, device: Device): void {
    this.emit(kind, skb, device.netns, device);
    this.note(device, kind);
    if (device.netns.tapped) this.#tap(kind, skb, device);
  }

  note(device: Device, stage: "device-tx" | "device-rx" | "deliver" | "drop"): void {
    const { netns, name } = device;
    this.packet.hops.push({ node: netns.node.name, netns: netns.name, device: name, stage });
    if (!netns.node.probed) this.packet.outside = true;
  }

  /** A packet socket's copy, freed once it was looked at. */
  #tap(kind: EventKind, skb: Skb, device: Device): void {
    const copy = this.clone(device.netns, skb);
    const packetType = kind === "device-tx" ? "outgoing" : skb.packetType;
    const by = this.sim.random.pick(["packet_rcv", "tpacket_rcv"]);
    const how = this.sim.random.chance(0.5) ? "consume" : "drop";
    const reason = how === "drop" ? { reason: "NOT_SPECIFIED" } : {};
    this.emit(how, copy, device.netns, device, { packetType, function: by, ...reason });
    this.free(copy, false);
  }

  delivered(): void {
    if (--this.pending > 0 || this.packet.fate === "dropped") return;
    this.packet.fate = "delivered";
    this.packet.endedAt = this.now;
  }

  dropped(skb: Skb, device: Device, by: string, reason: string, codes: TruePacket["codes"]): void {
    const named = device.netns.node.kernel.reasons ? { reason } : {};
    this.emit("drop", skb, device.netns, device, { function: by, ...named });
    this.free(skb);
    this.note(device, "drop");
    this.ended("dropped", device, codes);
  }

  ended(fate: TruePacket["fate"], place: Device, codes: TruePacket["codes"]): void {
    const { packet, now } = this;
    // Of what was cut one piece may be dropped and a later one be lost beyond: the drop was seen.
    if (packet.resized && packet.fate === "dropped" && fate === "lost") packet.endedAt = now;
    else Object.assign(packet, { fate, place, codes, endedAt: now });
  }
}

function columnsOf(skb: Skb, netns: Netns, { digests }: Extras): Record<string, unknown> {
  const { innerSourceMac: _s, innerDestinationMac: _d, ...outer } = skb.outer ?? {} as Outer;
  const columns: Record<string, unknown> = { ...outer, ...skb.fields };
  if (skb.fields.fragmentOffset) delete columns.payload;
  if (skb.fields.digest !== undefined) {
    // Every fourth node has a secret of its own, and every other of those tells no digest at all.
    const own = digests === "own" ? netns.node.name.charCodeAt(netns.node.name.length - 1) % 4 : 0;
    if (digests === "none" || own === 3) delete columns.digest;
    else columns.digest = (1 + own) * DIGEST_RANGE + skb.fields.digest;
  }
  columns.packetType = skb.packetType;
  columns.length = skb.fields.ipLength + 14;
  if (skb.destinationMac) columns.destinationMac = skb.destinationMac;
  if (skb.sourceMac) columns.sourceMac = skb.sourceMac;
  const { connection } = skb;
  if (connection && isTranslated(connection) && netns.node.kernel.conntrack) {
    const { original, status } = connection.of;
    columns.conntrackDirection = connection.direction;
    columns.conntrackStatus = status;
    columns.conntrackSource = original.source;
    columns.conntrackDestination = original.destination;
    columns.conntrackSourcePort = original.sourcePort;
    columns.conntrackDestinationPort = original.destinationPort;
  }
  return columns;
}
