/** What is asked of all packets of an incident when those of one family are judged. */
import { Collected, Foremost } from "./gathered.ts";
import { inOrder, type Judgement } from "./judgement.ts";
import type { Narrowest } from "./offsets.ts";
import type { Arrived } from "./other_form.ts";
import { GatheredCrossings } from "./crossings.ts";

/** Gathered from all families. */
export class Others {
  readonly narrowest: Narrowest = new Foremost<number>((a, b) => a > b);
  readonly arrived: Arrived = new Foremost<Judgement>((a, b) => inOrder(a, b) < 0);
  /** By the names of two nodes, the least difference of the readings of sending and receiving, ns. */
  readonly delays = new Foremost<bigint>((a, b) => a < b);
  readonly crossings = new GatheredCrossings(
    new Foremost((a, b) => a.bytes !== b.bytes ? a.bytes > b.bytes : inOrder(a.by, b.by) < 0),
    new Collected(),
    new Foremost<boolean>(() => false),
  );
}
