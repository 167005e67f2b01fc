/** What really became of every packet: the simulator's knowledge, which the analysis never sees. */
import type { CauseCode } from "../../src/event/codes.ts";
import type { EventKind } from "../../src/event/event.ts";
import type { Device, Netns, Tuple } from "./world.ts";

export type Fate =
  | "delivered"
  /** A probed or unprobed kernel freed it. */
  | "dropped"
  /** Lost on a wire. */
  | "lost"
  /** Still held for its next hop's link address when all ended. */
  | "waiting";

export interface TrueHop {
  node: string;
  netns: string;
  device: string;
  stage: "device-tx" | "device-rx" | "deliver" | "drop";
}

export interface TruePacket {
  id: number;
  flow: TrueFlow;
  fate: Fate;
  /** Where a `dropped` or `lost` packet ended. */
  place?: Device;
  /** Codes that name the injected fault; a sentence in either is right. */
  codes: CauseCode[];
  hops: TrueHop[];
  /** Simulated time of its delivery or end. */
  endedAt: number;
  sentAt: number;
  /** TCP: what it carried arrived in another segment. */
  recovered: boolean;
  /** TCP: carries what had arrived before. */
  duplicate: boolean;
  /** Refused by its own kernel before there was a packet. */
  unsent: boolean;
  /** Left the probed nodes for a kernel without a probe, or ended in one. */
  outside: boolean;
  /** An ICMP error: evidence, and no packet of a flow. */
  isError?: true;
  /** A probe saw a copy that was flooded to somebody it was not for. */
  glimpsed: boolean;
  /** Sent as one and received as several, or the other way round. */
  resized: boolean;
  /** A frame of it went to a host that has not the address which it was sent to. */
  strayed: boolean;
  /** Two hosts of the wire held the address that a frame of it was sent to. */
  contested: boolean;
  /** A queue with a rate held it or dropped it. */
  shaped: boolean;
  /** An echo reply that its host took and no program waited for. */
  unasked?: true;
  /** Whose stack took it. */
  takenBy?: Netns;
  /** Flags of a TCP segment. */
  tcpFlags?: number;
  /** Bytes that it carries. */
  payload?: number;
  /** TCP: the sequence numbers of its pieces that the receiver took, where it was cut. */
  took?: Set<number>;
  /** TCP: pieces of several attempts made it whole at the receiver, which has it then. */
  pieced?: true;
}

export interface TrueFlow {
  id: number;
  from: Netns;
  to: Netns;
  protocol: number;
  icmpId?: number;
  /** Tuple as sent, and every tuple it was translated to. */
  sent: Tuple;
  forms: Tuple[];
  packets: TruePacket[];
  /** The flow that it answers. */
  answers?: TrueFlow;
  answered: boolean;
  /** Asks for an answer that a report may miss (echo, SYN). */
  asks: boolean;
  /** Its datagrams are sent in fragments, each a packet. */
  cut: boolean;
  /** Packets that its own kernel refused before there was one. */
  unsent: number;
  /** Namespaces that did so: for an address that two hosts hold each may have answered. */
  unsentIn: string[];
  translated: boolean;
}

/** An event before it has addresses and before any fault: `at` is simulated time. */
export interface Emission {
  at: number;
  device: Device | null;
  netns: Netns;
  kind: EventKind;
  packet: TruePacket;
  skb?: Allocation;
  head?: Allocation;
  cpu: number;
  columns: Record<string, unknown>;
}

/** A piece of memory that gets its address once all lifetimes are known. */
export interface Allocation {
  born: number;
  freed: number;
  address: string;
}
