/** What is asked of all packets of an incident when those of one family are judged. */
import type { Packet } from "../correlate/packets.ts";
import type { Sighting } from "../view/timeline.ts";
import { Collected, Foremost } from "./gathered.ts";
import { inOrder } from "./judgement.ts";
import type { Narrowest } from "./offsets.ts";
import { GatheredCrossings } from "./crossings.ts";

/** A packet that came into a node by a device, and its sighting there: no more, because it is kept while its family rests. */
export interface Arrival {
  packet: Packet;
  first: Sighting;
}

/** Gathered from all families. */
export class Others {
  readonly narrowest: Narrowest = new Foremost<number>((a, b) => a > b);
  /** The first packet that came into a node by a device, by the node and what no hop changes of it (C1). */
  readonly arrived = new Foremost<Arrival>((a, b) => inOrder(a, b) < 0);
  /** By the names of two nodes, the least difference of the readings of sending and receiving, ns. */
  readonly delays = new Foremost<bigint>((a, b) => a < b);
  readonly crossings = new GatheredCrossings(
    new Foremost((a, b) => a.bytes !== b.bytes ? a.bytes > b.bytes : inOrder(a, b) < 0),
    new Collected(),
    new Foremost<boolean>(() => false),
  );
}
