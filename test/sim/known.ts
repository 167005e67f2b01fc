/** Seeds that failed once, each with the rule that was wrong and what it did. */
import type { Faults } from "./faults.ts";

export interface Known {
  seed: number;
  /** Null for the seed's own mix. */
  faults: Partial<Faults> | null;
  claim: string;
}

const clean = (seed: number, claim: string): Known => ({ seed, faults: {}, claim });
const lossy = (seed: number, loss: number, claim: string): Known => ({
  seed,
  faults: { loss },
  claim,
});
const own = (seed: number, claim: string): Known => ({ seed, faults: null, claim });

export const KNOWN: readonly Known[] = [
  clean(8, "[C6] equal packets were joined to the wrong node's, and one was seen twice"),
  clean(12, "[O4] a tap's copy hid where its original had come to"),
  clean(15, "[C2] an answer in its request's reused skb became one packet with it"),
  clean(77, "[O4] a frame flooded to another host was blamed as the packet's drop"),
  clean(82, "[C6] a tap's free counted as the drop of one of several equal packets"),
  clean(83, "[H1] a drop in neigh_invalidate was no hop of its path"),
  clean(107, "[R8] how a flooded copy ended was given as the cause"),
  clean(134, "[O2] the free of a tap's copy at the destination stood for a delivery"),
  clean(141, "[O10] a reset proved that the SYN was delivered"),
  clean(151, "[O10] a lost segment was delivered because its retransmission was acknowledged"),
  clean(185, "[C6] equal packets behind a flooded wire were joined to nothing"),
  clean(225, "[C6] equal packets behind a router that only sees the tunnel vanished"),
  clean(259, "[O10] several answers to one UDP request proved others delivered"),
  clean(596, "[C2] a drop by a queue was joined to a packet that had been sent before"),
  clean(680, "[G4] a flow of nothing but recovered losses threw"),
  clean(758, "[O2] a duplicate freed by a kernel without reasons was a drop"),
  lossy(5, 0.01, "[R23] a packet whose events were lost had an unreachable tunnel endpoint"),
  lossy(740, 0.1, "[O10] one echo in two parts was proven delivered twice"),
  lossy(892, 0.1, "[O4] a copy flooded through a veth pair was blamed"),
  own(7, "[O5] what the store evicted vanished"),
  own(18, "[O13] packets vanished before the other node was watched"),
  own(49, "[O13] packets vanished after the other node was watched no more"),
  own(71, "[O5] packets vanished while a probe was restarted"),
  own(74, "[O13] equal packets vanished that came before the other node was watched"),
  own(2742, "[O5] packets vanished whose loss no batch told any more"),
];
