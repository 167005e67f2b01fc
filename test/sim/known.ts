/** Seeds that failed once, each with the rule that was wrong and what it did. */
import type { Faults } from "./faults.ts";

export interface Known {
  seed: number;
  /** Null for the seed's own mix. */
  faults: Partial<Faults> | null;
  claim: string;
  /** What networks did when it was found: nothing beside carrying packets, or which extras. */
  network: "plain" | "early" | "late" | "whole";
}

const clean = (seed: number, claim: string): Known => ({
  seed,
  faults: {},
  claim,
  network: "plain",
});
const lossy = (seed: number, loss: number, claim: string): Known => ({
  seed,
  faults: { loss },
  claim,
  network: "plain",
});
const own = (seed: number, claim: string): Known => ({
  seed,
  faults: null,
  claim,
  network: "plain",
});

const rich = (known: Known): Known => ({ ...known, network: "early" });

const late = (known: Known): Known => ({ ...known, network: "late" });

const whole = (known: Known): Known => ({ ...known, network: "whole" });

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
  clean(323, "[O2] duplicates that a rule dropped were taken for delivered ones"),
  clean(480, "[C6] an equal packet's drop before the driver was lost in its twin's delivery"),
  clean(669, "[C6] a drop behind a bridge port did not end one of several equal packets"),
  clean(1650, "[O4] a frame flooded to another port vanished while its original was dropped"),
  clean(2435, "[C7] pieces counted for a lost segment and for its retransmission"),
  clean(3886, "[C2] two pings in one reused skb became one packet"),
  clean(3908, "[C7] pieces without IP ids all went to the last retransmission"),
  clean(4566, "[C6] behind a router that dropped some of equal packets the rest vanished"),
  clean(8158, "[C7] a whole took the outcome of a piece that was unknown, and no gap"),
  clean(20741, "[O8] a packet that waited inside a tunnel for the outer next hop vanished"),
  clean(54, "[C2] a tap's clone continued an equal packet in its reused skb"),
  clean(962, "[C2] a tap's clone in an equal packet's reused skb hid a drop"),
  clean(7901, "[C2] a packet's way ended with a tap's clone of an equal one"),
  clean(2862, "[C2] a tap's clone in a reused skb hid that a SYN was taken"),
  clean(8377, "[C2] a copy that asked for a neighbour continued another packet's skb"),
  clean(8231, "[C2] what had been read went on as an equal packet's flooded copy"),
  clean(880, "[C6] asking for a neighbour counted as a packet among equal ones"),
  clean(4379, "[C6] a copy that asked for a neighbour went to another of equal packets"),
  clean(8551, "[C6] a freed copy's skb joined two equal packets"),
  clean(2366, "[C6] equal packets that waited went on in another order"),
  lossy(1676, 0.5, "[R41] a packet whose events were lost waited for a neighbour"),
  lossy(3859, 0.01, "[C7] a GSO packet with one unknown piece vanished"),
  lossy(7526, 0.5, "[O4] behind a tunnel a copy that a bridge flooded was blamed"),
  lossy(5, 0.01, "[R23] a packet whose events were lost had an unreachable tunnel endpoint"),
  lossy(740, 0.1, "[O10] one echo in two parts was proven delivered twice"),
  lossy(892, 0.1, "[O4] a copy flooded through a veth pair was blamed"),
  own(7, "[O5] what the store evicted vanished"),
  own(18, "[O13] packets vanished before the other node was watched"),
  own(49, "[O13] packets vanished after the other node was watched no more"),
  own(71, "[O5] packets vanished while a probe was restarted"),
  own(74, "[O13] equal packets vanished that came before the other node was watched"),
  own(2325, "[O3] an answer to a translated address counted as taken without device_tx"),
  own(5687, "[C7] a GSO packet whose sender has no probe vanished at the router"),
  own(21726, "[C7] a GSO packet vanished whose pieces were received where device_rx was missing"),
  own(2742, "[O5] packets vanished whose loss no batch told any more"),
  rich(lossy(329, 0.01, "[R40] an ICMP error about one packet explained others of the same hosts")),
  rich(clean(745, "[C7] a piece cut again on the way vanished, its whole being another's piece")),
  rich(clean(5062, "[C7] a segment sent again was taken for a piece of the first attempt")),
  rich(clean(2329, "[C7] what was put together on the way was a packet beside those in it")),
  rich(clean(2158, "[R45] another conversation's failed lookup was an ignored echo's answer")),
  rich(lossy(125, 0.1, "[X2] a translated question, seen only behind NAT, was mis-answered")),
  rich(clean(218, "[X2] what its own host translates, unread, was answered by another end")),
  rich(lossy(176, 0.5, "[X2] an echo of which the client's side was lost was mis-answered")),
  rich(clean(263, "[X8] an answer that found a full socket came when no socket took it")),
  rich(lossy(1018, 0.1, "[X2] an answer that netfilter dropped came from another end")),
  rich(own(596, "[X5] one answer of several was lost, and the others were not looked for")),
  rich(clean(209, "[R61] a TTL that ran out between two nodes was a path's MTU")),
  late(clean(791, "[R61] random losses of one flow were the MTU of a path that others had passed")),
  rich(clean(4492, "[C6] a retransmission's flooded copies were not its own after a drop")),
  whole(
    clean(361, "[R24] a tunnel whose end point two nodes have was said to lead to the wrong one"),
  ),
  whole(clean(371, "[X9] an echo reply to the host that had translated its request answered it")),
  whole(clean(568, "[X9] an echo reply to another host with the client's address answered it")),
  whole(
    clean(
      613,
      "[O7] what a host without a probe got was lost before the probed one with its address",
    ),
  ),
  whole(
    lossy(490, 0.5, "[X8] an answer that came to another host with the client's address was late"),
  ),
  whole(clean(2469, "[O4] a copy was the drop of a frame for a host without a probe")),
  whole(clean(3862, "[O4] a copy was the drop of a frame that an unwatched router sent")),
  whole(clean(5306, "[O4] a copy of another holder's frame, who has no probe, was a drop")),
  whole(clean(5774, "[X5] one answer of several was lost, and others had gone on unwatched")),
  whole(clean(3176, "[X5] the third of three answers was lost, and two had gone on unwatched")),
  whole(clean(3536, "[X6] a segment lost at the trace's end was one that nothing made good")),
  whole(clean(5946, "[X6] a segment lost twice at the trace's end was to be sent again")),
  whole(clean(3181, "[O20] a reset that was not translated back was delivered to who asked")),
  whole(clean(6707, "[O20] a reset that ended at the host which had translated was delivered")),
  whole(clean(4146, "[O21] a trace ended before a queue let go a packet, which was lost")),
  whole(clean(4253, "[C6] a packet that went round outside its tunnel was several equal ones")),
  whole(clean(5417, "[C6] three packets that went round outside a tunnel were six")),
  whole(clean(6746, "[C6] a packet that went round was unreachable while the trace went on")),
  whole(clean(7411, "[C6] a segment that went round outside a tunnel was lost as well")),
  whole(clean(7975, "[C6] five packets that went round outside a tunnel were fifteen")),
  whole(clean(4779, "[C6] an equal segment in a frame for another holder was joined to the first")),
  whole(clean(5462, "[C6] an equal datagram to the right holder was one to the other, and lost")),
  whole(clean(6188, "[C7] pieces of the third attempt went to the first, which had come uncut")),
  whole(
    clean(7314, "[R61] one flow's losses were the MTU of a link that passed as large ones back"),
  ),
  whole(clean(9165, "[S2] an echo reply that an unwatched host took, who had not asked, vanished")),
  whole(
    clean(9741, "[S2] an echo reply to an unwatched router with the client's address vanished"),
  ),
  whole(clean(9622, "[C6] fragments that went round on a flooded wire were others")),
  whole(lossy(6912, 0.01, "[P4] a place was healed that went on to drop what TCP sent again")),
  whole(
    own(5064, "[X3] a half of a translated question got no answer, which was the other half's"),
  ),
  whole(own(9627, "[O12] an echo was unanswered whose reply the next batch told of")),
  whole({
    ...clean(6529, "[O12] a SYN was unanswered that repeated an unseen one, which was answered"),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole(clean(5899, "[S11] an ICMP error was given the address of a router that translates")),
  whole({
    ...clean(
      201902,
      "[R23] a tunnel's end without a route was named where a router did not forward",
    ),
    faults: { sampled: true, countedLate: true },
  }),
  whole({
    ...clean(
      230101,
      "[X9] a recorder had not told where an echo came in, whose answer was taken there",
    ),
    faults: { recorded: true, countedLate: true },
  }),
  whole({
    ...clean(
      213699,
      "[X8] nothing of an answer was seen but that a socket read it, and it was missed",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole(own(215313, "[S11] failed lookups of two echoes between the same ends were one's alone")),
  whole(clean(9001092, "[O10] three tries were answered by a stranger, and said to have vanished")),
  whole({
    ...clean(
      9000315,
      "[O10] a segment was lost that was acknowledged, and whose sending was left out",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(
      9001282,
      "[C5] a packet was lost where a node sent it on that was not told to have received it",
    ),
    faults: { sampled: true, countedLate: true },
  }),
  whole(
    clean(
      640231,
      "[C7] what a queue refused before was a piece of what a router put together, which was lost",
    ),
  ),
  whole(
    clean(
      25234,
      "[O13] a packet was lost of which one of two holders of an address had not told yet",
    ),
  ),
  whole({
    ...clean(
      2003481,
      "[C7] two routers put pieces together otherwise, and each was a piece of the other",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(
      2005610,
      "[O21] a queue behind a bridge held a packet for longer than the trace went on, which was lost",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(
      2007661,
      "[C5] what came in a tunnel was behind the device it was handed to, and lost where it was in the tunnel",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(2001643, "[X5] a datagram was unanswered, and an earlier try, left out, was answered"),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(2004775, "[X4] a connection was unanswered that had been answered before it was seen"),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(
      4003743,
      "[O6] of two hosts that hold an address one was asked whether it was watched, and it was the other's",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(4006718, "[X4] a server was silent that had said all before its connection was seen"),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(2001891, "[X1] who answered looked as if it asked, and the question got no answer"),
    faults: { sampled: true, countedLate: true },
  }),
  whole({
    ...clean(2005202, "[X5] one host of an address refused, and the other one had answered"),
    faults: { sampled: true, countedLate: true },
  }),
  whole({
    ...clean(
      10002156,
      "[R50] a service's endpoint was nobody's before the node was heard that has it",
    ),
    faults: { sampled: true, countedLate: true },
  }),
  whole({
    ...clean(10003067, "[R50] a service's endpoint was nobody's behind a gateway that was silent"),
    faults: { recorded: true, countedLate: true },
  }),
  whole({
    ...clean(
      10004456,
      "[X5] one host of an address refused, and what the other answered was not told",
    ),
    faults: { recorded: true, countedLate: true },
  }),
  whole(
    clean(
      12002925,
      "[O4] copies of frames for a router, which put them together, were called dropped",
    ),
  ),
  whole(
    clean(12005802, "[O38] an answer vanished on its way to a host that had the address, too"),
  ),
  whole(
    own(
      901000105,
      "[O13] what digests tell apart was not asked about where its like was elsewhere",
    ),
  ),
  whole(
    own(901000540, "[C6] what came in a tunnel's packet was joined to what left in another one"),
  ),
  whole(own(901000245, "[O21] a shaper held the only packet for longer than the trace went on")),
  whole(clean(777251, "[O38] packets vanished that another host took, which had the address")),
  whole({
    ...clean(12004769, "[G6] what was tried from two ports counted for one of them"),
    faults: { recorded: true, countedLate: true },
  }),
  whole(
    clean(13004096, "[R61] one flow was lost, in fragments, and its path's MTU was told"),
  ),
  whole(
    clean(
      13005817,
      "[C6] a dropped segment was joined to what came of the next one out of a tunnel",
    ),
  ),
  whole(
    clean(
      14008622,
      "[O39] an answer that waited for a pod's link address was taken by the node that translates",
    ),
  ),
  whole(
    clean(1700046, "[S11] pieces of three attempts came whole together, and that was no arrival"),
  ),
  whole(
    clean(
      14005448,
      "[C6] a FIN that was sent again another way was taken for the first, come back",
    ),
  ),
  whole(
    clean(
      14006250,
      "[C7] the pieces of a third attempt were given to the first, and the third vanished",
    ),
  ),
  whole(
    clean(
      14007751,
      "[O20] a reset freed without a reason where its question was translated was delivered",
    ),
  ),
  whole(
    clean(14007140, "[C10] two packets of one IP id were one, because of the node that translates"),
  ),
  whole(
    clean(14009954, "[C10] an IP id that came again to another host of the address was a copy"),
  ),
  whole(clean(14003110, "[C7] flooded segments that a host put together were one packet more")),
  whole(
    clean(
      18000336,
      "[C6] a flooded copy was taken for another packet than the one that was routed",
    ),
  ),
  whole({
    ...clean(14009352, "[X4] a last acknowledgement alone was unanswered"),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole({
    ...clean(
      17101371,
      "[R40] an error about another port was told of later fragments, which have none",
    ),
    faults: { leftOut: 4, countedLate: true },
  }),
  whole(
    clean(13001686, "[C2] a copy of what was sent again, in reused memory, went on with the first"),
  ),
  whole(clean(26000910, "[C6] a copy for another host kept its packet from where it was sent")),
  whole(clean(26001140, "[C6] a flooded copy of one datagram became one of its own")),
];
